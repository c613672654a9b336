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
  private final Ladder ladder;

  /// Degrades nobody.
  public RetryStage(RetryPolicy policy, Fleet fleet, RetryBudgets budgets) {
    this(policy, fleet, budgets, Ladder.NONE);
  }

  public RetryStage(RetryPolicy policy, Fleet fleet, RetryBudgets budgets, Ladder ladder) {
    this.policy = policy;
    this.fleet = fleet;
    this.budgets = budgets;
    this.ladder = ladder;
  }

  @Override
  public void handle(Call call, Next next) {
    new Course(call, next, policy, fleet, budgets, ladder).begin();
  }
}
