package dev.forebay.gpu;

import java.time.Duration;

/// How engines are asked what they show of themselves.
///
/// @param every between two questions to one engine, give or take a fifth
/// @param timeout of one question
public record ScrapeConfig(Duration every, Duration timeout) {
  private static final Duration LEAST = Duration.ofMillis(50);
  private static final Duration MOST = Duration.ofMinutes(1);

  public ScrapeConfig {
    check("every", every);
    check("timeout", timeout);
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(name + " must be 50ms..1m, was " + value);
    }
  }
}
