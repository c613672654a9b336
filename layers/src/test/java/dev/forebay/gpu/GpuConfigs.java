package dev.forebay.gpu;

import dev.forebay.fleet.AffinityConfig;
import java.time.Duration;

/// A configuration to try things on.
final class GpuConfigs {
  static final GpuConfig USUAL =
      new GpuConfig(
          Duration.ofSeconds(10),
          3,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofMillis(40),
          new AffinityConfig(1_000, Duration.ofHours(1)),
          new ScrapeConfig(Duration.ofMillis(250), Duration.ofMillis(200)));

  private GpuConfigs() {}
}
