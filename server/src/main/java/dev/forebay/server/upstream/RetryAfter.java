package dev.forebay.server.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When a replica says that it is worth coming back.
final class RetryAfter {
  private static final long LONGEST_MILLIS = 3_600_000;

  private RetryAfter() {}

  /// The delay told by `retry-after-ms` or by `retry-after` in seconds, at most an hour; zero if
  /// none is told, or a date, which says as much of the replica's clock as of the delay.
  static Duration of(@Nullable String millis, @Nullable String seconds) {
    long told = number(millis);
    if (told < 0) {
      told = number(seconds) * 1000;
    }
    return Duration.ofMillis(Math.clamp(told, 0, LONGEST_MILLIS));
  }

  private static long number(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > 9) {
      return -1;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return -1;
      }
    }
    return Long.parseLong(text);
  }
}
