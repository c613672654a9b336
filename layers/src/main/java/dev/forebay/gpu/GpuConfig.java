package dev.forebay.gpu;

import dev.forebay.fleet.AffinityConfig;
import java.time.Duration;

/// How replicas are picked and when one is taken out.
///
/// @param slowStart how long a replica that returns takes to come to its full share
/// @param ejectAfter failures in a row after which a replica is taken out
/// @param ejectFor how long it stays out, times the number of ejections in a row
/// @param ejectAtMost the longest ejection
/// @param pace what a token of the answers on an engine takes at most where another prompt is sent
///   there; 0 if that is no matter
/// @param affinity what is remembered of stored objects, whose replica is not picked but known
/// @param scrape how engines are asked what they show of themselves
public record GpuConfig(
    Duration slowStart,
    int ejectAfter,
    Duration ejectFor,
    Duration ejectAtMost,
    Duration pace,
    AffinityConfig affinity,
    ScrapeConfig scrape) {
  private static final Duration SLOWEST_PACE = Duration.ofMillis(500);

  public GpuConfig {
    if (slowStart.isNegative()) {
      throw new IllegalArgumentException("slowStart must be >= 0s, was " + slowStart);
    }
    if (pace.isNegative() || pace.compareTo(SLOWEST_PACE) > 0) {
      throw new IllegalArgumentException("pace must be 0s..500ms, was " + pace);
    }
    if (ejectAfter < 1) {
      throw new IllegalArgumentException("ejectAfter must be >= 1, was " + ejectAfter);
    }
    if (!ejectFor.isPositive()) {
      throw new IllegalArgumentException("ejectFor must be > 0s, was " + ejectFor);
    }
    if (ejectAtMost.compareTo(ejectFor) < 0) {
      throw new IllegalArgumentException(
          "ejectAtMost must be >= ejectFor (" + ejectFor + "), was " + ejectAtMost);
    }
  }
}
