package dev.forebay.lab.load;

/// When the caller of one call hangs up on purpose.
public sealed interface Patience {

  /// Stays to the end.
  record Stays() implements Patience {}

  /// Hangs up at the `deltas`-th piece of content; stays if there are fewer.
  record LeavesAfterDeltas(int deltas) implements Patience {
    public LeavesAfterDeltas {
      if (deltas < 1) {
        throw new IllegalArgumentException("deltas must be >= 1, was " + deltas);
      }
    }
  }

  /// Hangs up this long after the intended start; stays if the answer is complete by then.
  record LeavesAfterNanos(long nanos) implements Patience {
    public LeavesAfterNanos {
      if (nanos < 1) {
        throw new IllegalArgumentException("nanos must be >= 1, was " + nanos);
      }
    }
  }
}
