package dev.forebay.gpu;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// How far what an engine showed last can be believed, by its age. Work never stops because
/// somebody cannot be asked: what was promised to the engine is known all the same, and a wider
/// margin makes up for what others may have sent it.
public enum Staleness {
  /// Younger than 2 s: as good as now.
  FRESH(0),
  /// Up to 10 s old, or never shown: only what was promised counts.
  STALE(0.10),
  /// Older: others may have filled the engine meanwhile. If it is dead, its probes say so.
  LOST(0.25);

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final double cut;

  Staleness(double cut) {
    this.cut = cut;
  }

  /// How far it can be believed at that age.
  ///
  /// @param ageNanos since the engine was last asked and answered; empty if it never was
  public static Staleness of(OptionalLong ageNanos) {
    if (ageNanos.isEmpty()) {
      return STALE;
    }
    long age = ageNanos.getAsLong();
    if (age <= FRESH_NANOS) {
      return FRESH;
    }
    return age <= STALE_NANOS ? STALE : LOST;
  }

  /// What the watermark is lowered by, a share of the KV cache.
  public double watermarkCut() {
    return cut;
  }

  /// Whether what the engine showed counts beside what was promised to it.
  public boolean telemetryCounts() {
    return this == FRESH;
  }
}
