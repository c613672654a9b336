package dev.forebay.queue;

import java.time.Duration;
import java.util.List;

/// How long calls may wait, and how many.
///
/// @param maxCalls that wait for one pool at most; the worst is refused beyond
/// @param maxWork work units that wait for one pool at most, retries not counted; the same
/// @param maxWait that calls are put into the queue for at most, whatever their patience
/// @param patience of classes 0 to 3: how long after its arrival a call that set no deadline must
///   have its first content
/// @param earlyPercent of its spare time that a call is expected to wait at most when it is taken
///   into the queue, >= 1; what is left of 100 is for what goes other than expected, and above 100
///   calls wait that are expected to wait in vain
public record QueueConfig(
    int maxCalls, long maxWork, Duration maxWait, List<Duration> patience, int earlyPercent) {
  public static final int CLASSES = 4;

  public QueueConfig {
    patience = List.copyOf(patience);
    if (maxCalls < 0) {
      throw new IllegalArgumentException("maxCalls must be >= 0, was " + maxCalls);
    }
    if (maxWork < 1) {
      throw new IllegalArgumentException("maxWork must be >= 1, was " + maxWork);
    }
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait must be >= 0s, was " + maxWait);
    }
    if (patience.size() != CLASSES || !patience.stream().allMatch(Duration::isPositive)) {
      throw new IllegalArgumentException(
          "patience must be four durations > 0s, for classes 0 to 3; was " + patience);
    }
    if (earlyPercent < 1) {
      throw new IllegalArgumentException("earlyPercent must be >= 1, was " + earlyPercent);
    }
  }
}
