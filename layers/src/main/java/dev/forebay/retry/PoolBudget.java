package dev.forebay.retry;

import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.retry.policy.BudgetConfig;
import dev.forebay.retry.policy.RetryBudget;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/// What one pool may spend on retries: a share of its calls, and a reserve that is as large as what
/// its largest replica holds. So the calls of one replica that dies are tried elsewhere, all of
/// them, and a pool that is dead as a whole is not hammered.
///
/// ```
/// retries ≤ share × calls + 10     + calls in flight at the largest replica
/// work    ≤ share × work  + 20,000 + outstanding work of the largest replica
/// ```
///
/// within any stretch of time. Calls that a replica loses leave it one after the other, so what it
/// held is remembered for a minute or two.
///
/// Safe for many loops at once: a short lock for each call. O(1), and O(replicas) once a second and
/// for each retry.
public final class PoolBudget {
  /// For pools with few calls, and for those that come before a probe has found the dead replica.
  private static final long SPARE_RETRIES = 10;

  /// Ten ordinary calls: some 600 tokens of prompt and an answer without a bound.
  private static final long SPARE_WORK = 20_000;

  private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final DoubleSupplier share;
  private final RetryBudget budget;
  private final Peak calls = new Peak(WINDOW_NANOS);
  private final Peak work = new Peak(WINDOW_NANOS);
  private final LongAdder denied = new LongAdder();
  private volatile long lookAtNanos;
  private volatile boolean looked;

  /// @param share of its calls that a pool may spend on retries; 0..1
  PoolBudget(DoubleSupplier share) {
    this.share = share;
    this.budget = new RetryBudget(new BudgetConfig(share.getAsDouble(), SPARE_RETRIES, SPARE_WORK));
  }

  /// A call to the pool is tried for the first time.
  void call(Pool pool, long size, long now) {
    // Two loops may both look; they see the same.
    if (!looked || now - lookAtNanos >= 0) {
      looked = true;
      lookAtNanos = now + LOOK_EVERY_NANOS;
      look(pool, 0, 0, now);
    }
    budget.call(size);
  }

  /// Pays for one retry of a call whose attempt has just ended, if it can.
  ///
  /// @param size the call's work in work units
  boolean tryRetry(Pool pool, long size, long now) {
    look(pool, 1, size, now);
    if (budget.tryRetry(size)) {
      return true;
    }
    denied.increment();
    return false;
  }

  /// Takes back a retry that found no replica.
  void notMade(long size) {
    budget.notMade(size);
  }

  /// @param left calls that have just left their replica
  /// @param leftWork and their work
  private void look(Pool pool, int left, long leftWork, long now) {
    int mostCalls = 0;
    long mostWork = 0;
    for (Replica replica : pool.replicas()) {
      mostCalls = Math.max(mostCalls, replica.outstandingCalls());
      mostWork = Math.max(mostWork, replica.outstandingWork());
    }
    budget.config(
        new BudgetConfig(
            share.getAsDouble(),
            SPARE_RETRIES + calls.with(mostCalls + left, now),
            SPARE_WORK + work.with(mostWork + leftWork, now)));
  }

  /// Retries that could be paid for now.
  public long left() {
    return budget.left();
  }

  /// Retries that were not made because nothing was left, since the start.
  public long denied() {
    return denied.sum();
  }
}
