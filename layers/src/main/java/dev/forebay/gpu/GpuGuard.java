package dev.forebay.gpu;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/// Whether one instance, a GPU or a slice of one with its engine, takes new work.
///
/// ```
/// OPEN      every class                    u >= 0.80            -> THROTTLE
/// THROTTLE  classes 0 and 1                u >= 0.95 or crowded -> CLOSED
/// CLOSED    none                           u <  0.85 twice      -> THROTTLE
/// THROTTLE                                 u <  0.75 twice      -> OPEN
/// any       none, somebody has to look     a tripwire           -> SUSPECT, back to CLOSED
/// ```
///
/// `u` is the KV cache that was promised, at its future peak, over what there is. The distance
/// between the thresholds, the second sample and at least a second in each state keep it from
/// flapping. Whom it does not admit waits or goes elsewhere; nobody is refused because of it alone.
///
/// Not safe for many threads; to be turned each 250 ms.
public final class GpuGuard {
  private static final double THROTTLE_FROM = 0.80;
  private static final double CLOSE_FROM = 0.95;
  private static final double THROTTLE_BELOW = 0.85;
  private static final double OPEN_BELOW = 0.75;
  private static final int CALM_SAMPLES = 2;
  private static final int LOWEST_WHEN_THROTTLED = 1;
  private static final long DWELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// Ordered by how little is admitted.
  public enum State {
    OPEN,
    THROTTLE,
    CLOSED,
    SUSPECT
  }

  /// What is known of the instance at one moment.
  ///
  /// @param pressure KV cache promised at its peak, over what there is; empty where neither is
  ///   known
  /// @param crowded whether more wait in the engine than may, or it preempted
  /// @param tripwire what is wrong with the device
  public record Signs(OptionalDouble pressure, boolean crowded, Optional<Tripwire> tripwire) {}

  private State state = State.OPEN;
  private boolean moved;
  private long since;
  private int calm;

  /// Takes what is known now.
  ///
  /// @return the state from now on
  public State turn(Signs signs, long now) {
    State next = next(signs);
    if (next != state && (!moved || now - since >= DWELL_NANOS)) {
      state = next;
      since = now;
      moved = true;
      calm = 0;
    }
    return state;
  }

  public State state() {
    return state;
  }

  /// Whether work of that class may be given to the instance.
  ///
  /// @param priority 0..3, of which 0 is the most urgent
  public boolean admits(int priority) {
    return switch (state) {
      case OPEN -> true;
      case THROTTLE -> priority <= LOWEST_WHEN_THROTTLED;
      case CLOSED, SUSPECT -> false;
    };
  }

  private State next(Signs signs) {
    if (signs.tripwire().isPresent()) {
      calm = 0;
      return State.SUSPECT;
    }
    // What is unknown drives nothing up, and keeps nothing shut that only waiting calls had shut.
    double pressure = signs.pressure().orElse(0);
    if (state != State.SUSPECT && (signs.crowded() || pressure >= CLOSE_FROM)) {
      calm = 0;
      return State.CLOSED;
    }
    return switch (state) {
      case OPEN -> pressure >= THROTTLE_FROM ? State.THROTTLE : State.OPEN;
      case THROTTLE -> calm(pressure < OPEN_BELOW) ? State.OPEN : State.THROTTLE;
      case CLOSED -> calm(pressure < THROTTLE_BELOW) ? State.THROTTLE : State.CLOSED;
      case SUSPECT -> calm(true) ? State.CLOSED : State.SUSPECT;
    };
  }

  private boolean calm(boolean sample) {
    calm = sample ? calm + 1 : 0;
    return calm >= CALM_SAMPLES;
  }
}
