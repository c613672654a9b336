package dev.forebay.retry;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Pool;
import java.util.concurrent.ConcurrentHashMap;

/// The retry budget of every pool, by its name, so that a pool which is configured anew goes on
/// with what it has spent. Pools on one account have one budget, as their retries meet the same
/// limits. A name is never forgotten; it costs some hundred bytes.
///
/// Safe for many loops at once.
public final class RetryBudgets {
  private final ConcurrentHashMap<String, PoolBudget> byPool = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, PoolBudget> byAccount = new ConcurrentHashMap<>();
  private volatile RetryConfig config;

  public RetryBudgets(RetryConfig config) {
    this.config = config;
  }

  /// Sets another configuration. Each pool follows within a second of its calls.
  public void config(RetryConfig config) {
    this.config = config;
  }

  /// The budget that pays for calls to the pool, full if there was none.
  public PoolBudget of(Pool pool) {
    Account account = pool.account();
    return account == null ? of(byPool, pool.name()) : of(byAccount, account.name());
  }

  private PoolBudget of(ConcurrentHashMap<String, PoolBudget> budgets, String name) {
    PoolBudget known = budgets.get(name);
    return known != null
        ? known
        : budgets.computeIfAbsent(name, _ -> new PoolBudget(() -> config.budgetPercent() / 100.0));
  }
}
