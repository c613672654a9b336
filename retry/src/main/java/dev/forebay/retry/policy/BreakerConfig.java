package dev.forebay.retry.policy;

import java.time.Duration;

/// When a [CircuitBreaker] opens and how it closes again.
///
/// @param window results looked at, the last so many; 1..10,000
/// @param least results needed before it may open; more than `window` means that it never opens
/// @param share share of failures that opens it; more than 0, at most 1
/// @param openFor how long it stays open the first time; twice as long each time a probe fails
/// @param openAtMost how long it stays open at most
/// @param probes calls let through at a time to see whether the host is back, and successes in a
///   row that close it
public record BreakerConfig(
    int window, int least, double share, Duration openFor, Duration openAtMost, int probes) {
  public BreakerConfig {
    if (window < 1 || window > 10_000) {
      throw new IllegalArgumentException("window must be 1..10000, was " + window);
    }
    if (least < 1) {
      throw new IllegalArgumentException("least must be >= 1, was " + least);
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be more than 0, at most 1, was " + share);
    }
    if (openFor.isZero() || openFor.isNegative()) {
      throw new IllegalArgumentException("openFor must be > 0s, was " + openFor);
    }
    if (openAtMost.compareTo(openFor) < 0 || openAtMost.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "openAtMost must be " + openFor + "..PT24H, was " + openAtMost);
    }
    if (probes < 1) {
      throw new IllegalArgumentException("probes must be >= 1, was " + probes);
    }
  }

  /// The same, but never opening.
  public BreakerConfig neverOpening() {
    return new BreakerConfig(window, Integer.MAX_VALUE, share, openFor, openAtMost, probes);
  }
}
