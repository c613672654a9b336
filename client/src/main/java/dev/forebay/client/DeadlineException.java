package dev.forebay.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The caller's deadline passed. The cause, if there is one, is what the last finished try ended
/// in.
public final class DeadlineException extends CallException {
  private static final long serialVersionUID = 1;

  DeadlineException(Duration deadline, int attempts, @Nullable Throwable cause) {
    super("no answer within " + deadline + ", tries: " + attempts, attempts, cause);
  }
}
