package dev.forebay.gpu;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Spares a provider that refuses most of what it is sent: what it would refuse is refused here,
/// all but what is needed to see that it recovers.
///
/// ```
/// P(refuse) = max(0, (told - 2 × accepted) / (told + 1)), of the last minute, 0.95 at most
/// ```
///
/// A call is told when its answer begins or is refused there: answers of models begin late, so of
/// those that were just sent nobody knows. What is refused here is not told, unlike in the book: a
/// call that waits asks many times, and each would make the next less likely. Not thread-safe.
/// O(1).
///
/// @see <a href="https://sre.google/sre-book/handling-overload/">Site Reliability Engineering,
///   chapter 21: client-side throttling</a>
final class AdaptiveThrottle {
  private static final double K = 2;
  private static final double MOST = 0.95;
  private static final int SLOTS = 60;
  private static final long SLOT = TimeUnit.SECONDS.toNanos(1);

  private final int[] told = new int[SLOTS];
  private final int[] accepted = new int[SLOTS];
  private int sumTold;
  private int sumAccepted;
  private int slot;
  private long slotBegan;
  private boolean begun;

  /// Whether to send a call, or refuse it here.
  boolean passes(RandomGenerator random, long now) {
    turn(now);
    double refuse = Math.min(MOST, (sumTold - K * sumAccepted) / (sumTold + 1));
    return refuse <= 0 || random.nextDouble() >= refuse;
  }

  /// The provider refused a call.
  void refused(long now) {
    turn(now);
    tell();
  }

  private void tell() {
    told[slot]++;
    sumTold++;
  }

  /// The provider took a call.
  void accepted(long now) {
    turn(now);
    tell();
    accepted[slot]++;
    sumAccepted++;
  }

  private void turn(long now) {
    if (!begun) {
      begun = true;
      slotBegan = now;
    }
    for (int i = 0; now - slotBegan >= SLOT && i < SLOTS; i++) {
      slot = (slot + 1) % SLOTS;
      sumTold -= told[slot];
      sumAccepted -= accepted[slot];
      told[slot] = 0;
      accepted[slot] = 0;
      slotBegan += SLOT;
    }
    if (now - slotBegan >= SLOT) {
      slotBegan = now;
    }
  }
}
