package dev.forebay.lab.load;

import java.time.Duration;

/// How a run is driven and judged.
///
/// @param seed names the run: request ids are `load-<seed>-<n>`
/// @param timeout after its intended start, how long the client waits for an answer to be complete
/// @param loops event loops that share the calls
/// @param connections most calls in flight at once, each on a connection, over all loops; one more
///   is not sent
/// @param lingerZero close with a reset, which leaves no socket in TIME_WAIT
/// @param slo what makes an answer a good one
public record LoadOptions(
    long seed, Duration timeout, int loops, int connections, boolean lingerZero, Slo slo) {
  public LoadOptions {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be > 0s, was " + timeout);
    }
    if (loops < 1 || loops > 64) {
      throw new IllegalArgumentException("loops must be >= 1 and <= 64, was " + loops);
    }
    if (connections < loops) {
      throw new IllegalArgumentException(
          "connections must be >= loops (" + loops + "), was " + connections);
    }
  }

  /// One loop, 30 s of patience, 15,000 connections.
  public static LoadOptions of(long seed) {
    return new LoadOptions(seed, Duration.ofSeconds(30), 1, 15_000, true, Slo.DEFAULT);
  }

  /// These options with another timeout.
  public LoadOptions within(Duration timeout) {
    return new LoadOptions(seed, timeout, loops, connections, lingerZero, slo);
  }
}
