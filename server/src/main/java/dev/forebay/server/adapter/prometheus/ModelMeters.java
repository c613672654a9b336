package dev.forebay.server.adapter.prometheus;

import dev.forebay.monitor.Verdict;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// What is counted of the calls for one model; a meter is made when it is first needed. Safe for
/// many loops at once.
final class ModelMeters {
  private final MeterRegistry registry;
  private final String model;
  private final Counter input;
  private final Counter output;
  private final ConcurrentHashMap<Operation, OfOperation> operations = new ConcurrentHashMap<>();
  private final Function<Operation, OfOperation> make;

  ModelMeters(MeterRegistry registry, String model) {
    this.registry = registry;
    this.model = model;
    this.input = tokens("input");
    this.output = tokens("output");
    this.make = operation -> new OfOperation(operation.label());
  }

  private Counter tokens(String type) {
    return Counter.builder("forebay.tokens")
        .description("Tokens of the calls that ended, as the engines told them")
        .tags("model", model, "type", type)
        .register(registry);
  }

  void ended(Call call, Verdict verdict, long now) {
    Progress progress = call.progress();
    if (progress.promptTokens() > 0) {
      input.increment((double) progress.promptTokens());
    }
    if (progress.completionTokens() > 0) {
      output.increment((double) progress.completionTokens());
    }
    operations.computeIfAbsent(call.request().operation(), make).ended(call, verdict, now);
  }

  private final class OfOperation {
    private final Timer firstContent;
    private final Timer genAiDuration;
    private final Timer genAiFirstToken;
    private final Timer genAiPerToken;
    private final ConcurrentHashMap<Verdict, OfVerdict> verdicts = new ConcurrentHashMap<>();
    private final Function<Verdict, OfVerdict> make;

    OfOperation(String operation) {
      Tags tags = Tags.of("model", model, "operation", operation);
      Tags genAi = Tags.of("gen_ai.request.model", model, "gen_ai.operation.name", operation);
      make = verdict -> new OfVerdict(registry, tags, verdict);
      firstContent = Histograms.FIRST_CONTENT.register(registry, tags);
      genAiDuration = Histograms.GEN_AI_DURATION.register(registry, genAi);
      genAiFirstToken = Histograms.GEN_AI_FIRST_TOKEN.register(registry, genAi);
      genAiPerToken = Histograms.GEN_AI_PER_TOKEN.register(registry, genAi);
    }

    void ended(Call call, Verdict verdict, long now) {
      long took = now - call.arrivedNanos();
      verdicts.computeIfAbsent(verdict, make).ended(took);
      if (verdict != Verdict.SHED && verdict != Verdict.INVALID) {
        genAiDuration.record(took, TimeUnit.NANOSECONDS);
      }
      if (call.progress().content()) {
        content(call, verdict, now);
      }
    }

    private void content(Call call, Verdict verdict, long now) {
      Progress progress = call.progress();
      long first = progress.firstContentNanos() - call.arrivedNanos();
      firstContent.record(first, TimeUnit.NANOSECONDS);
      if (verdict == Verdict.OK && call.request().stream()) {
        genAiFirstToken.record(first, TimeUnit.NANOSECONDS);
        long others = progress.completionTokens() - 1;
        if (others > 0) {
          genAiPerToken.record((now - progress.firstContentNanos()) / others, TimeUnit.NANOSECONDS);
        }
      }
    }
  }

  private static final class OfVerdict {
    private final Counter requests;
    private final Timer duration;

    OfVerdict(MeterRegistry registry, Tags ofOperation, Verdict verdict) {
      Tags tags = ofOperation.and("outcome", verdict.label());
      requests =
          Counter.builder("forebay.requests")
              .description("Calls that ended")
              .tags(tags)
              .register(registry);
      duration = Histograms.REQUEST_DURATION.register(registry, tags);
    }

    void ended(long took) {
      requests.increment();
      duration.record(took, TimeUnit.NANOSECONDS);
    }
  }
}
