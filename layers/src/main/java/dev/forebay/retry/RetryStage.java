package dev.forebay.retry;

import dev.forebay.fleet.Fleet;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Stage;

/// Runs the rest of the path once per attempt, each in a pool that it names, until one serves, the
/// policy says that it is enough, or the budget does not pay for another.
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
    new Course(call, next, policy, fleet, budgets).begin();
  }
}
