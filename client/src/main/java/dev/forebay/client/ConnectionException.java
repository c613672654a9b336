package dev.forebay.client;

import dev.forebay.retry.policy.RetryDecision.Reason;

/// There was no connection, or it broke before the answer was complete.
public final class ConnectionException extends CallException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  ConnectionException(Throwable cause, Reason reason, int attempts) {
    super(
        cause.getClass().getSimpleName()
            + (cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")")
            + ", not tried again: "
            + reason
            + " after "
            + attempts,
        attempts,
        cause);
    this.reason = reason;
  }

  /// Whether the caller has part of the answer.
  public boolean contentSent() {
    return reason == Reason.CONTENT_SENT;
  }

  /// Why the call was not tried again.
  public Reason reason() {
    return reason;
  }
}
