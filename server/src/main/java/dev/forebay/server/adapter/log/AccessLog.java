package dev.forebay.server.adapter.log;

import dev.forebay.monitor.Signals;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Progress;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/// Writes a line for every call when it ends: who served it, how long it took, why it was not
/// served. Never what was asked or answered.
///
/// Safe for many loops at once; never blocks.
final class AccessLog implements Signals {
  /// A caller may name a model of any length.
  private static final int LONGEST_TEXT = 200;

  private final Logger logger;

  AccessLog(Logger logger) {
    this.logger = logger;
  }

  @Override
  public void started(Call call) {}

  @Override
  public void ended(Call call, Outcome outcome, long now) {
    Progress progress = call.progress();
    String operation = call.request().operation().label();
    String name = name(outcome);
    LoggingEventBuilder line =
        logger
            .atInfo()
            .addKeyValue("trace.id", call.id())
            // The address that limits count by; written out by whoever writes the line.
            .addKeyValue("client.address", call.caller().network())
            .addKeyValue("operation", operation)
            .addKeyValue("model", shortened(call.request().model()))
            .addKeyValue("outcome", name)
            .addKeyValue("attempts", call.replicasAsked())
            .addKeyValue("duration_ms", millis(now - call.arrivedNanos()))
            .addKeyValue("tokens_in", progress.promptTokens())
            .addKeyValue("tokens_out", progress.completionTokens());
    if (!call.replicas().isEmpty()) {
      line = line.addKeyValue("replica", call.replicas().getLast());
    }
    if (progress.content()) {
      line =
          line.addKeyValue("ttfc_ms", millis(progress.firstContentNanos() - call.arrivedNanos()));
    }
    why(line, outcome).log(operation + " " + name);
  }

  private static LoggingEventBuilder why(LoggingEventBuilder line, Outcome outcome) {
    return switch (outcome) {
      case Served(int status) -> line.addKeyValue("http.response.status_code", status);
      case FromCache() -> line;
      case Deferred(String taskId) -> line.addKeyValue("task", taskId);
      case Shed(var reason, var retryAfter) ->
          line.addKeyValue("reason", lower(reason))
              .addKeyValue("retry_after_ms", retryAfter.toMillis());
      // The detail stays out: an engine's own words may repeat what the caller asked.
      case Failed(var cause, boolean contentSent, _) ->
          line.addKeyValue("reason", lower(cause)).addKeyValue("content_sent", contentSent);
    };
  }

  private static String name(Outcome outcome) {
    return switch (outcome) {
      case Served _ -> "served";
      case FromCache _ -> "from_cache";
      case Deferred _ -> "deferred";
      case Shed _ -> "shed";
      case Failed _ -> "failed";
    };
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }

  /// With three digits behind the point.
  private static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }
}
