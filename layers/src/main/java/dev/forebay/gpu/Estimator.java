package dev.forebay.gpu;

import dev.forebay.fleet.Need;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tells what a call will take, from what calls like it took: without a tokenizer, and without a
/// model of what is asked.
///
/// Prompts are estimated by their characters and corrected by what engines count for the same
/// tenant and model. Of outputs the recent lengths are known by tenant, model and the bound that
/// the caller set; the closest kind of which enough was seen tells.
///
/// Safe for many loops at once: a short lock. O(1).
public final class Estimator {
  private static final int ENOUGH = 50;
  private static final int KINDS = 4_096;
  private static final double QUANTILE = 0.75;
  private static final long COLD_OUTPUT = 700;
  private static final long IMAGE_TOKENS = 1_000;
  private static final long AUDIO_TOKENS = 500;
  private static final double ALPHA = 0.05;

  private final Map<Kind, OutputLengths> lengths = bounded();
  private final Map<Kind, Double> corrections = bounded();

  /// Calls that are alike.
  ///
  /// @param bound the order of magnitude of the caller's own bound of the output; -1 for any
  private record Kind(String tenant, String model, int bound) {}

  /// What the call is expected to take, as it is asked now.
  public Need need(Call call) {
    String tenant = call.caller().tenant();
    Request request = call.asked();
    return new Need(prompt(tenant, request), output(tenant, request), request.choices());
  }

  private long prompt(String tenant, Request request) {
    Kind kind = tenantAndModel(tenant, request);
    synchronized (this) {
      double correction = corrections.getOrDefault(kind, 1.0);
      return Math.max(1, Math.round(counted(request) * correction));
    }
  }

  private static long counted(Request request) {
    return request.prompt().tokens()
        + request.prompt().images() * IMAGE_TOKENS
        + request.prompt().audios() * AUDIO_TOKENS;
  }

  private long output(String tenant, Request request) {
    if (!generates(request)) {
      return 0;
    }
    long most = request.maxTokens() == 0 ? Long.MAX_VALUE : request.maxTokens();
    synchronized (this) {
      OutputLengths known = known(tenant, request);
      return Math.min(most, known == null ? COLD_OUTPUT : known.quantile(QUANTILE));
    }
  }

  private static boolean generates(Request request) {
    return request.operation().generates() && request.operation() != Operation.EMBEDDINGS;
  }

  /// What an answer is expected to come to that has this many tokens already and was expected to
  /// have no more.
  long outputBeyond(String tenant, Request request, long tokens) {
    int bound = request.maxTokens();
    long most = bound == 0 ? Long.MAX_VALUE : Math.max(bound, tokens + 1);
    synchronized (this) {
      OutputLengths known = known(tenant, request);
      long expected =
          known == null ? tokens + tokens / 4 + 16 : known.quantileBeyond(QUANTILE, tokens);
      return Math.min(most, Math.max(expected, tokens + 1));
    }
  }

  private @Nullable OutputLengths known(String tenant, Request request) {
    for (Kind kind : kinds(tenant, request)) {
      OutputLengths seen = lengths.get(kind);
      if (seen != null && seen.size() >= ENOUGH) {
        return seen;
      }
    }
    return null;
  }

  /// Learns from an answer that was given whole.
  public void served(String tenant, Request request, Progress progress) {
    if (!generates(request)) {
      return;
    }
    if (!request.stream() && !progress.usageIsWhole()) {
      // Nobody told how long it was.
      return;
    }
    synchronized (this) {
      long each = Math.ceilDiv(progress.completionTokens(), request.choices());
      for (Kind kind : kinds(tenant, request)) {
        lengths.computeIfAbsent(kind, _ -> new OutputLengths()).add(each);
      }
      if (progress.usageIsWhole() && progress.promptTokens() > 0) {
        double ratio = Math.clamp((double) progress.promptTokens() / counted(request), 0.5, 2.0);
        corrections.merge(
            tenantAndModel(tenant, request), ratio, (old, seen) -> old + ALPHA * (seen - old));
      }
    }
  }

  /// The closest first.
  private static List<Kind> kinds(String tenant, Request request) {
    int bound = 32 - Integer.numberOfLeadingZeros(request.maxTokens());
    return List.of(
        new Kind(tenant, request.model(), bound),
        tenantAndModel(tenant, request),
        new Kind("", request.model(), -1),
        new Kind("", "", -1));
  }

  private static Kind tenantAndModel(String tenant, Request request) {
    return new Kind(tenant, request.model(), -1);
  }

  /// Forgets the kinds that were not seen for longest.
  private static <V> Map<Kind, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Kind, V> eldest) {
        return size() > KINDS;
      }
    };
  }
}
