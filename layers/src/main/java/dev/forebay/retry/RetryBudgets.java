package dev.forebay.retry;

import dev.forebay.fleet.Pool;
import java.util.concurrent.ConcurrentHashMap;

/// The retry budget of every pool, by its name, so that a pool which is configured anew goes on
/// with what it has spent. A name is never forgotten; it costs some hundred bytes.
///
/// Safe for many loops at once.
public final class RetryBudgets {
  private final ConcurrentHashMap<String, PoolBudget> byPool = new ConcurrentHashMap<>();
  private volatile RetryConfig config;

  public RetryBudgets(RetryConfig config) {
    this.config = config;
  }

  /// Sets another configuration. Each pool follows within a second of its calls.
  public void config(RetryConfig config) {
    this.config = config;
  }

  /// The budget of that pool, full if there was none.
  public PoolBudget of(String pool) {
    PoolBudget known = byPool.get(pool);
    return known != null
        ? known
        : byPool.computeIfAbsent(pool, _ -> new PoolBudget(() -> config.budgetPercent() / 100.0));
  }

  /// The budget that pays for calls to the pool.
  PoolBudget of(Pool pool) {
    return of(pool.name());
  }
}
