package dev.forebay.retry.policy;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Full jitter: before the n-th retry wait anything between nothing and an upper end that doubles
/// each time up to a cap. Callers that failed together so come back spread over the whole span.
///
/// @param base upper end before the first retry, more than zero
/// @param cap upper end at most, not less than the base and at most a day
/// @see "Marc Brooker, Timeouts, retries and backoff with jitter, Amazon Builders' Library"
public record Backoff(Duration base, Duration cap) {
  private static final Duration DAY = Duration.ofDays(1);

  public Backoff {
    if (base.isZero() || base.isNegative()) {
      throw new IllegalArgumentException("base must be > 0s, was " + base);
    }
    if (cap.compareTo(base) < 0 || cap.compareTo(DAY) > 0) {
      throw new IllegalArgumentException("cap must be " + base + ".." + DAY + ", was " + cap);
    }
  }

  /// How long to wait before a retry.
  ///
  /// @param retry which one, 1 for the first
  public Duration delay(int retry, RandomGenerator random) {
    return Duration.ofNanos(random.nextLong(upperEnd(retry).toNanos() + 1));
  }

  /// The longest that [#delay] can be: min(cap, base × 2^(retry − 1)).
  public Duration upperEnd(int retry) {
    if (retry < 1) {
      throw new IllegalArgumentException("retry must be >= 1, was " + retry);
    }
    long end = base.toNanos();
    for (int i = 1; i < retry && end < cap.toNanos(); i++) {
      end *= 2;
    }
    return Duration.ofNanos(Math.min(end, cap.toNanos()));
  }
}
