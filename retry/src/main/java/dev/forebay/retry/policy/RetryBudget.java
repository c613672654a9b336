package dev.forebay.retry.policy;

/// Bounds retries to a share of all calls, so that retries cannot keep an overload alive. Two token
/// buckets that every call fills a little and every retry empties: one counts retries, one their
/// work, for few heavy retries can do what many light ones do. A retry is paid from both or not
/// made.
///
/// Within any stretch of calls: retries ≤ ratio × calls + reserve, and the same for work.
///
/// Safe for many threads at once: a short lock around a few additions. Cost O(1).
///
/// @see "Google, Site Reliability Engineering (2016), chapter 21, Handling Overload: a client's
///   retry budget"
/// @see "Twitter Finagle, RetryBudget"
public final class RetryBudget {
  // whole numbers, so that what was saved up in a year is exact
  private static final long UNIT = 1000;

  private final long perThousand;
  private final long fullCount;
  private final long fullWork;

  private long count;
  private long work;

  /// Starts full.
  public RetryBudget(BudgetConfig config) {
    this.perThousand = Math.round(config.ratio() * UNIT);
    this.fullCount = config.reserve() * UNIT;
    this.fullWork = config.workReserve() * UNIT;
    this.count = fullCount;
    this.work = fullWork;
  }

  /// A call is tried for the first time.
  ///
  /// @param size its work, 0 or more
  public synchronized void call(long size) {
    count = Math.min(fullCount, count + perThousand);
    work = Math.min(fullWork, work + perThousand * clamp(size));
  }

  /// Pays for one retry, if it can.
  ///
  /// @param size its work, 0 or more
  /// @return whether the retry may be made
  public synchronized boolean tryRetry(long size) {
    long price = clamp(size) * UNIT;
    if (count < UNIT || work < price || size > fullWork / UNIT) {
      return false;
    }
    count -= UNIT;
    work -= price;
    return true;
  }

  /// Retries that could be paid for now, by count.
  public synchronized long left() {
    return count / UNIT;
  }

  private long clamp(long size) {
    if (size < 0) {
      throw new IllegalArgumentException("work must be >= 0, was " + size);
    }
    return Math.min(size, fullWork / UNIT);
  }
}
