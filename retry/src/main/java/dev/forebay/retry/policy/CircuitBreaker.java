package dev.forebay.retry.policy;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Stops sending to a host that does not work, and sends few calls to see whether it works again.
///
/// ```
/// Closed ── share of failures reached ──► Open ── time is up ──► HalfOpen
///    ▲                                      ▲                       │
///    └── so many successes in a row ────────┼───────────────────────┤
///                                           └── one failure ────────┘
/// ```
///
/// Safe for many threads at once: a short lock. Cost O(1). Times are nanoseconds of any clock that
/// only goes forward.
///
/// @see "Michael Nygard, Release It! (2007), Circuit Breaker"
public final class CircuitBreaker {
  /// How a call that was let through ended.
  public enum Result {
    SUCCEEDED,
    FAILED,
    /// says nothing of the host: cancelled, refused for overload, out of time
    NO_VOTE
  }

  private BreakerState state;

  /// @param random spreads the end of the open time, so that not all clients probe in one moment
  public CircuitBreaker(BreakerConfig config, RandomGenerator random) {
    this.state = new ClosedState(config, random);
  }

  /// Lets a call through, or not.
  ///
  /// @return what to tell the call's end to, exactly once; null if the host is not to be called
  public synchronized @Nullable Passage enter(long now) {
    state = state.at(now);
    return state.admit(now) ? new Passage(this, state) : null;
  }

  /// How long until a call may be let through again; 0 if it may be now.
  public synchronized long closedForNanos(long now) {
    return state.at(now).refusesForNanos(now);
  }

  /// Whether calls are let through without more ado.
  public synchronized boolean closed() {
    return state instanceof ClosedState;
  }

  private synchronized void end(BreakerState admittedBy, Result result, long now) {
    // What was let through by an earlier state says nothing of the host as it is now.
    if (state == admittedBy) {
      state = state.after(result, now);
    }
  }

  /// The right to make one call.
  public static final class Passage {
    private final CircuitBreaker breaker;
    private final BreakerState admittedBy;
    private boolean ended;

    private Passage(CircuitBreaker breaker, BreakerState admittedBy) {
      this.breaker = breaker;
      this.admittedBy = admittedBy;
    }

    /// Tells how the call ended; only the first time counts.
    public void end(Result result, long now) {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
      }
      breaker.end(admittedBy, result, now);
    }
  }
}
