package dev.forebay.monitor;

import java.time.Duration;

/// How the whole is judged.
///
/// @param every how often readings are taken and judged
public record MonitorConfig(Duration every) {
  public MonitorConfig {
    if (every.compareTo(Duration.ofSeconds(1)) < 0 || every.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("every must be 1s..1h, was " + every);
    }
  }
}
