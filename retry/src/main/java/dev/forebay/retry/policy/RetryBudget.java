package dev.forebay.retry.policy;

/// Bounds retries to a share of all calls, so that retries cannot keep an overload alive. Two token
/// buckets that every call fills a little and every retry empties: one counts retries, one their
/// work, for few heavy retries can do what many light ones do. A retry is paid from both or not
/// made.
///
/// Within any stretch of calls: retries ≤ ratio × calls + reserve, and the same for work. What is
/// kept is what was spent and not yet earned back, so the law holds, with the largest reserve of
/// the stretch, while the reserve grows and shrinks.
///
/// Safe for many threads at once: a short lock around a few additions. Cost O(1).
///
/// @see "Google, Site Reliability Engineering (2016), chapter 21, Handling Overload: a client's
///   retry budget"
/// @see "Twitter Finagle, RetryBudget"
public final class RetryBudget {
  // whole numbers, so that what was saved up in a year is exact
  private static final long UNIT = 1000;

  private long perThousand;
  private long fullCount;
  private long fullWork;

  private long spentCount;
  private long spentWork;

  /// Starts full.
  public RetryBudget(BudgetConfig config) {
    config(config);
  }

  /// Sets other bounds from now on. What was spent stays spent.
  public synchronized void config(BudgetConfig config) {
    perThousand = Math.round(config.ratio() * UNIT);
    fullCount = config.reserve() * UNIT;
    fullWork = config.workReserve() * UNIT;
  }

  /// A call is tried for the first time.
  ///
  /// @param size its work, 0 or more
  public synchronized void call(long size) {
    spentCount = Math.max(0, spentCount - perThousand);
    spentWork = Math.max(0, spentWork - perThousand * clamp(size));
  }

  /// Pays for one retry, if it can.
  ///
  /// @param size its work, 0 or more
  /// @return whether the retry may be made
  public synchronized boolean tryRetry(long size) {
    long price = clamp(size) * UNIT;
    if (spentCount + UNIT > fullCount || spentWork + price > fullWork || size > fullWork / UNIT) {
      return false;
    }
    spentCount += UNIT;
    spentWork += price;
    return true;
  }

  /// Takes back a retry that was paid for and then not made.
  ///
  /// @param size the work it was paid for with
  public synchronized void notMade(long size) {
    spentCount = Math.max(0, spentCount - UNIT);
    spentWork = Math.max(0, spentWork - clamp(size) * UNIT);
  }

  /// Retries that could be paid for now, by count.
  public synchronized long left() {
    return Math.max(0, fullCount - spentCount) / UNIT;
  }

  private long clamp(long size) {
    if (size < 0) {
      throw new IllegalArgumentException("work must be >= 0, was " + size);
    }
    return Math.min(size, fullWork / UNIT);
  }
}
