package dev.forebay.retry;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;

/// Decides whether an attempt that ended so may be followed by another one. Stateless.
public final class RetryPolicy {
  private final int attempts;

  public RetryPolicy(RetryConfig config) {
    this.attempts = config.attempts();
  }

  /// Whether the call should be tried once more, on another replica. What finds none counts as no
  /// attempt.
  public boolean again(Call call, Outcome outcome) {
    return call.replicas().size() < attempts
        && switch (outcome) {
          case Served _, FromCache _, Deferred _ -> false;
          case Shed(Reason reason, _) ->
              reason == Reason.UPSTREAM_BUSY && call.request().repeatable();
          case Failed(Cause cause, boolean contentSent, _) ->
              !contentSent && anotherMayServe(cause) && safe(call, cause);
        };
  }

  private static boolean safe(Call call, Cause cause) {
    // What could not be sent cannot have changed anything upstream.
    return call.request().repeatable() || cause == Cause.CONNECT;
  }

  private static boolean anotherMayServe(Cause cause) {
    return switch (cause) {
      case CONNECT,
          UPSTREAM_BROKE,
          UPSTREAM_ERROR,
          UPSTREAM_ACCOUNT,
          UPSTREAM_FORBIDDEN,
          FAKE_SUCCESS ->
          true;
      case INVALID_REQUEST,
          UNAUTHENTICATED,
          FORBIDDEN,
          UNKNOWN_MODEL,
          UNKNOWN_ROUTE,
          UNKNOWN_OBJECT,
          UNKNOWN_PREVIOUS,
          TOO_LARGE,
          UNSUPPORTED_ENCODING,
          REQUEST_TIMEOUT,
          DEADLINE,
          FIRST_CONTENT_TIMEOUT,
          IDLE_TIMEOUT,
          TOTAL_TIMEOUT,
          SLOW_READER,
          CLIENT_GONE,
          DRAINED,
          INTERNAL ->
          false;
    };
  }
}
