package dev.forebay.monitor;

import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;

/// The few ways in which a call ends as metrics and logs tell them apart: whose doing it was.
public enum Verdict {
  /// Answered by a replica, below 400.
  OK("ok"),
  CACHE_HIT("cache_hit"),
  /// Taken on as a task, to be answered later.
  ACCEPTED("accepted"),
  /// Refused on purpose.
  SHED("shed"),
  /// Broken, refused or limited (429) by what stands behind the gateway.
  UPSTREAM_ERROR("upstream_error"),
  /// Nobody answered in the time that the caller or the gateway allows.
  TIMEOUT("timeout"),
  /// The gateway's own fault, cutting off an answer to shut down among it.
  INTERNAL_ERROR("internal_error"),
  /// The caller asked for what cannot be served; a replica's own 4xx among it.
  INVALID("invalid"),
  /// The caller left, or would not read.
  CLIENT_CANCELLED("client_cancelled");

  private final String label;

  Verdict(String label) {
    this.label = label;
  }

  /// The name in metrics and logs.
  public String label() {
    return label;
  }

  public static Verdict of(Outcome outcome) {
    return switch (outcome) {
      case Served(int status) -> {
        if (status < 400) {
          yield OK;
        }
        yield status < 500 && status != 429 ? INVALID : UPSTREAM_ERROR;
      }
      case FromCache _ -> CACHE_HIT;
      case Deferred _ -> ACCEPTED;
      case Shed _ -> SHED;
      case Failed(Cause cause, _, _) -> of(cause);
    };
  }

  private static Verdict of(Cause cause) {
    return switch (cause) {
      case INVALID_REQUEST,
          UNAUTHENTICATED,
          FORBIDDEN,
          UNKNOWN_MODEL,
          UNKNOWN_ROUTE,
          UNKNOWN_OBJECT,
          UNKNOWN_PREVIOUS,
          TOO_LARGE,
          UNSUPPORTED_ENCODING,
          REQUEST_TIMEOUT ->
          INVALID;
      case CONNECT,
          UPSTREAM_BROKE,
          UPSTREAM_ERROR,
          UPSTREAM_ACCOUNT,
          UPSTREAM_FORBIDDEN,
          FAKE_SUCCESS ->
          UPSTREAM_ERROR;
      case DEADLINE, FIRST_CONTENT_TIMEOUT, IDLE_TIMEOUT, TOTAL_TIMEOUT -> TIMEOUT;
      case SLOW_READER, CLIENT_GONE -> CLIENT_CANCELLED;
      case DRAINED, INTERNAL -> INTERNAL_ERROR;
    };
  }
}
