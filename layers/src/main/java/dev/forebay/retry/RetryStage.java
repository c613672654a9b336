package dev.forebay.retry;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import org.jspecify.annotations.Nullable;

/// Runs the rest of the path once per attempt, until one serves, the policy says that it is enough,
/// or the pool's budget does not pay for another.
public final class RetryStage implements Stage {
  private final RetryPolicy policy;
  private final Fleet fleet;
  private final RetryBudgets budgets;

  public RetryStage(RetryPolicy policy, Fleet fleet, RetryBudgets budgets) {
    this.policy = policy;
    this.fleet = fleet;
    this.budgets = budgets;
  }

  @Override
  public void handle(Call call, Next next) {
    // None for what only the replica of a stored object can serve; that is never sent twice.
    Pool pool = fleet.poolFor(call.request());
    if (pool != null) {
      budgets.of(pool).call(pool, work(call), call.loop().nanoTime());
    }
    call.attempt(outcome -> decide(call, pool, next, outcome));
    next.proceed(call);
  }

  private void decide(Call call, @Nullable Pool pool, Next next, Outcome outcome) {
    if (foundNoReplica(call) || !policy.again(call, outcome)) {
      call.end(outcome);
      return;
    }
    if (!paid(call, pool)) {
      call.cannotAffordRetry();
      call.end(outcome);
      return;
    }
    call.attempt(later -> {
      if (foundNoReplica(call)) {
        notMade(call, pool);
        call.end(worthTelling(outcome, later));
      } else {
        decide(call, pool, next, later);
      }
    });
    next.proceed(call);
  }

  /// Whether the attempt that just ended was sent to nobody.
  private static boolean foundNoReplica(Call call) {
    Attempt last = call.tried().getLast();
    return last.replica() == null;
  }

  /// The caller learns what went wrong, not that no replica was left to try; and of replicas that
  /// are all busy, when the first of them is not.
  private static Outcome worthTelling(Outcome asked, Outcome nobody) {
    return asked instanceof Shed(var reason, _)
            && nobody instanceof Shed later
            && later.reason() == reason
        ? nobody
        : asked;
  }

  private boolean paid(Call call, @Nullable Pool pool) {
    return pool == null || budgets.of(pool).tryRetry(pool, work(call), call.loop().nanoTime());
  }

  private void notMade(Call call, @Nullable Pool pool) {
    if (pool != null) {
      budgets.of(pool).notMade(work(call));
    }
  }

  private static long work(Call call) {
    return call.request().work();
  }
}
