package dev.forebay.fleet;

import java.time.Duration;

/// How many stored objects are remembered, and for how long.
///
/// @param entries objects at most; some 250 bytes each
/// @param keepFor how long one is remembered after it was made or last asked for
public record AffinityConfig(int entries, Duration keepFor) {
  public AffinityConfig {
    if (entries < 1 || entries > 10_000_000) {
      throw new IllegalArgumentException("entries must be 1..10000000, was " + entries);
    }
    if (!keepFor.isPositive()) {
      throw new IllegalArgumentException("keepFor must be > 0s, was " + keepFor);
    }
  }
}
