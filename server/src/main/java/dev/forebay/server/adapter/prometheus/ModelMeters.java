package dev.forebay.server.adapter.prometheus;

import dev.forebay.monitor.Verdict;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// What is counted of the calls for one model; a meter is made when it is first needed. Safe for
/// many loops at once.
final class ModelMeters {
  private final MeterRegistry registry;
  private final Histograms histograms;
  private final String model;
  private final Counter input;
  private final Counter output;
  private final ConcurrentHashMap<Operation, OfOperation> operations = new ConcurrentHashMap<>();
  private final Function<Operation, OfOperation> make;

  ModelMeters(MeterRegistry registry, Histograms histograms, String model) {
    this.registry = registry;
    this.histograms = histograms;
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
    private final Histogram firstContent;
    private final Histogram genAiDuration;
    private final Histogram genAiFirstToken;
    private final Histogram genAiPerToken;
    private final ConcurrentHashMap<Verdict, OfVerdict> verdicts = new ConcurrentHashMap<>();
    private final Function<Verdict, OfVerdict> make;

    OfOperation(String operation) {
      Labels labels = Labels.of("model", model, "operation", operation);
      Labels genAi = Labels.of("gen_ai_request_model", model, "gen_ai_operation_name", operation);
      make = verdict -> new OfVerdict(labels, verdict);
      firstContent = histograms.firstContent().with(labels);
      genAiDuration = histograms.genAiDuration().with(genAi);
      genAiFirstToken = histograms.genAiFirstToken().with(genAi);
      genAiPerToken = histograms.genAiPerToken().with(genAi);
    }

    void ended(Call call, Verdict verdict, long now) {
      long took = now - call.arrivedNanos();
      verdicts.computeIfAbsent(verdict, make).ended(took);
      if (verdict != Verdict.SHED && verdict != Verdict.INVALID) {
        genAiDuration.observe(took);
      }
      if (call.progress().content()) {
        content(call, verdict, now);
      }
    }

    private void content(Call call, Verdict verdict, long now) {
      Progress progress = call.progress();
      long first = progress.firstContentNanos() - call.arrivedNanos();
      firstContent.observe(first);
      if (verdict == Verdict.OK && call.request().stream()) {
        genAiFirstToken.observe(first);
        long others = progress.completionTokens() - 1;
        if (others > 0) {
          genAiPerToken.observe((now - progress.firstContentNanos()) / others);
        }
      }
    }
  }

  private final class OfVerdict {
    private final Counter requests;
    private final Histogram duration;

    OfVerdict(Labels ofOperation, Verdict verdict) {
      Labels labels = ofOperation.add("outcome", verdict.label());
      requests =
          Counter.builder("forebay.requests")
              .description("Calls that ended")
              .tags(labels.stream().map(each -> Tag.of(each.getName(), each.getValue())).toList())
              .register(registry);
      duration = histograms.requestDuration().with(labels);
    }

    void ended(long took) {
      requests.increment();
      duration.observe(took);
    }
  }
}
