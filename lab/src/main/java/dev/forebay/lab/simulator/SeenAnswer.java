package dev.forebay.lab.simulator;

import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/// What an SDK sees of an answer.
///
/// @param retryAfter zero if nothing is told
/// @param shouldRetry false where `x-should-retry: false` is told
public record SeenAnswer(int status, Duration retryAfter, boolean shouldRetry) {
  /// Beyond this the gateway asks not to be tried again, as SDKs ignore what is longer.
  private static final Duration LONGEST = Duration.ofSeconds(59);

  private static final Set<Reason> CALLERS_LIMITS =
      EnumSet.of(
          Reason.RATE_LIMITED,
          Reason.TOKENS_LIMITED,
          Reason.CONCURRENCY_LIMITED,
          Reason.BUDGET_SPENT);

  private static final Set<Cause> CALLERS_FAULTS =
      EnumSet.of(
          Cause.INVALID_REQUEST,
          Cause.UNAUTHENTICATED,
          Cause.FORBIDDEN,
          Cause.UNKNOWN_MODEL,
          Cause.UNKNOWN_ROUTE,
          Cause.UNKNOWN_OBJECT,
          Cause.UNKNOWN_PREVIOUS,
          Cause.TOO_LARGE,
          Cause.UNSUPPORTED_ENCODING);

  /// Of an outcome, as the gateway's HTTP side tells it.
  ///
  /// @param draw from [0, 1); spreads those who were refused together by up to a tenth, as the
  ///   gateway does where it answers 429
  static SeenAnswer of(Outcome outcome, double draw) {
    return switch (outcome) {
      case Served(int status) -> new SeenAnswer(status, Duration.ZERO, true);
      case FromCache _ -> new SeenAnswer(200, Duration.ZERO, true);
      case Deferred _ -> new SeenAnswer(202, Duration.ZERO, true);
      case Failed(Cause cause, _, _) ->
          new SeenAnswer(CALLERS_FAULTS.contains(cause) ? 400 : 502, Duration.ZERO, true);
      case Shed(Reason reason, Duration told) -> {
        boolean limited = CALLERS_LIMITS.contains(reason);
        Duration spread = limited ? told.plusNanos((long) (told.toNanos() * draw / 10)) : told;
        yield new SeenAnswer(limited ? 429 : 503, spread, spread.compareTo(LONGEST) <= 0);
      }
    };
  }

  /// Whether a stock SDK tries again.
  public boolean retryable() {
    return shouldRetry && (status == 408 || status == 409 || status == 429 || status >= 500);
  }
}
