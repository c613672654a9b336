package dev.forebay.lab.engine;

import java.time.Duration;

/// What the replayer says, and how fast.
///
/// @param port 0 takes a free one
/// @param loops event loops, each with a thread
/// @param bodyBytes of an answer that is not streamed
/// @param chunks of a stream
/// @param interval between two chunks; zero sends as fast as the client takes them
public record ReplayerConfig(int port, int loops, int bodyBytes, int chunks, Duration interval) {

  public static final ReplayerConfig DEFAULT =
      new ReplayerConfig(0, 1, 1_024, 100, Duration.ofMillis(50));

  private static final int SMALLEST_BODY = 256;

  public ReplayerConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be in [0, 65535], was " + port);
    }
    if (loops < 1) {
      throw new IllegalArgumentException("loops must be > 0, was " + loops);
    }
    if (bodyBytes < SMALLEST_BODY) {
      throw new IllegalArgumentException(
          "bodyBytes must be >= %d, was %d".formatted(SMALLEST_BODY, bodyBytes));
    }
    if (chunks < 0) {
      throw new IllegalArgumentException("chunks must be >= 0, was " + chunks);
    }
    if (interval.isNegative()) {
      throw new IllegalArgumentException("interval must be >= 0s, was " + interval);
    }
  }

  public ReplayerConfig withPort(int newPort) {
    return new ReplayerConfig(newPort, loops, bodyBytes, chunks, interval);
  }

  public ReplayerConfig withLoops(int newLoops) {
    return new ReplayerConfig(port, newLoops, bodyBytes, chunks, interval);
  }

  public ReplayerConfig withBodyBytes(int bytes) {
    return new ReplayerConfig(port, loops, bytes, chunks, interval);
  }

  public ReplayerConfig withChunks(int newChunks, Duration newInterval) {
    return new ReplayerConfig(port, loops, bodyBytes, newChunks, newInterval);
  }
}
