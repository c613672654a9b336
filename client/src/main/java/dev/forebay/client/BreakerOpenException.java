package dev.forebay.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The host failed so often that it is left alone for a while; nothing was sent this time. The
/// cause, if there is one, is what the last try ended in.
public final class BreakerOpenException extends CallException {
  private static final long serialVersionUID = 1;

  private final Duration retryAfter;

  BreakerOpenException(String host, Duration retryAfter, int attempts, @Nullable Throwable cause) {
    super(host + " keeps failing and is left alone for " + retryAfter, attempts, cause);
    this.retryAfter = retryAfter;
  }

  @Override
  public Optional<Duration> retryAfter() {
    return Optional.of(retryAfter);
  }
}
