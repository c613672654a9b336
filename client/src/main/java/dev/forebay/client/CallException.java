package dev.forebay.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A call that was not served.
public abstract sealed class CallException extends RuntimeException
    permits AnsweredException, ConnectionException, DeadlineException, BreakerOpenException {
  private static final long serialVersionUID = 1;

  private final int attempts;

  CallException(String message, int attempts, @Nullable Throwable cause) {
    super(message, cause);
    this.attempts = attempts;
  }

  /// Tries that were made, 0 or more.
  public int attempts() {
    return attempts;
  }

  /// When to come back, counted from when this was thrown; empty if nobody said.
  public Optional<Duration> retryAfter() {
    return Optional.empty();
  }

  /// What the server calls this request; empty if it did not say.
  public Optional<String> requestId() {
    return Optional.empty();
  }
}
