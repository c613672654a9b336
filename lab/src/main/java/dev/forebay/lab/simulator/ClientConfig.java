package dev.forebay.lab.simulator;

import java.time.Duration;

/// How clients behave: the retries of a stock SDK, and a user who does not wait for ever.
///
/// @param retries tries after the first
/// @param firstBackoff pause before the first retry where the answer tells none, less up to a
///   quarter of it; doubles with each further retry
/// @param mostBackoff the longest pause
/// @param obeyed the longest `retry-after` that is obeyed; a longer one counts as none
/// @param patience from the first try until the user leaves, unless content has come by then
public record ClientConfig(
    int retries, Duration firstBackoff, Duration mostBackoff, Duration obeyed, Duration patience) {

  /// As the SDKs of OpenAI and Anthropic do by default.
  public static final ClientConfig STOCK =
      new ClientConfig(
          2,
          Duration.ofMillis(500),
          Duration.ofSeconds(8),
          Duration.ofSeconds(60),
          Duration.ofSeconds(15));

  public ClientConfig {
    if (retries < 0) {
      throw new IllegalArgumentException("retries must be >= 0, was " + retries);
    }
    if (!patience.isPositive()) {
      throw new IllegalArgumentException("patience must be > 0s, was " + patience);
    }
  }

  /// The same clients, which retry so often.
  public ClientConfig withRetries(int times) {
    return new ClientConfig(times, firstBackoff, mostBackoff, obeyed, patience);
  }

  /// The pause before the next try.
  ///
  /// @param told what the answer asks for; zero if nothing
  /// @param failed tries so far
  /// @param draw from [0, 1)
  public Duration pause(Duration told, int failed, double draw) {
    if (told.isPositive() && told.compareTo(obeyed) <= 0) {
      return told;
    }
    double nanos =
        Math.min((double) mostBackoff.toNanos(), firstBackoff.toNanos() * Math.pow(2, failed - 1));
    return Duration.ofNanos((long) (nanos * (1 - 0.25 * draw)));
  }
}
