package dev.forebay.gpu;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Spares a provider that refuses most of what it is sent: what it would refuse is refused here,
/// all but what is needed to see that it recovers.
///
/// ```
/// P(refuse) = max(0, (sent - 2 × accepted) / (sent + 1)), of the last minute, 0.95 at most
/// ```
///
/// Accepted counts at the first byte of an answer, as calls to models end late. Not thread-safe.
/// O(1).
///
/// @see <a href="https://sre.google/sre-book/handling-overload/">Site Reliability Engineering,
///   chapter 21: client-side throttling</a>
final class AdaptiveThrottle {
  private static final double K = 2;
  private static final double MOST = 0.95;
  private static final int SLOTS = 60;
  private static final long SLOT = TimeUnit.SECONDS.toNanos(1);

  private final int[] sent = new int[SLOTS];
  private final int[] accepted = new int[SLOTS];
  private int sumSent;
  private int sumAccepted;
  private int slot;
  private long slotBegan;
  private boolean begun;

  /// Whether to send a call, or refuse it here. One that is refused counts as sent.
  boolean passes(RandomGenerator random, long now) {
    turn(now);
    double refuse = Math.min(MOST, (sumSent - K * sumAccepted) / (sumSent + 1));
    sent[slot]++;
    sumSent++;
    return refuse <= 0 || random.nextDouble() >= refuse;
  }

  /// The provider took a call.
  void accepted(long now) {
    turn(now);
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
      sumSent -= sent[slot];
      sumAccepted -= accepted[slot];
      sent[slot] = 0;
      accepted[slot] = 0;
      slotBegan += SLOT;
    }
    if (now - slotBegan >= SLOT) {
      slotBegan = now;
    }
  }
}
