package dev.forebay.queue;

import java.util.concurrent.TimeUnit;

/// How fast a pool takes work when there is enough of it, and so how long it takes for a call's
/// turn to come.
///
/// Only while somebody waits does a pool take as much as it can, and then it has been full since it
/// last took something. So what is counted is the time from one start to the next where somebody
/// waited for it, and what was started then. Not thread-safe.
final class DrainRate {
  private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);

  /// Answers that began together end together; what they leave free is one step.
  private static final long TOGETHER = TimeUnit.MILLISECONDS.toNanos(10);

  /// Longer than anybody waits, and so short that sums of it do not overflow.
  private static final double LONGEST = TimeUnit.DAYS.toNanos(365);

  private static final double ALPHA = 0.3;

  /// Pauses between starts that are remembered.
  private static final int PAUSES = 32;

  private boolean begun;
  private long last;
  private long nanos;
  private double work;
  private final long[] pauses = new long[PAUSES];
  private long seen;

  // per nanosecond; 0 if not known
  private double workRate;

  /// Work was started.
  ///
  /// @param waitedFor whether somebody had waited for room until then
  void started(long units, boolean waitedFor, long now) {
    look(now);
    if (waitedFor && begun) {
      nanos += now - last;
      work += units;
      pauses[(int) (seen++ % PAUSES)] = now - last;
    }
    begun = true;
    last = now;
  }

  private void look(long now) {
    if (nanos < PERIOD || now - last < TOGETHER) {
      return;
    }
    double share = workRate == 0 ? 1 : ALPHA;
    workRate += share * (work / nanos - workRate);
    nanos = 0;
    work = 0;
  }

  /// Whether it was seen to be full for long enough.
  boolean known(long now) {
    look(now);
    return workRate > 0;
  }

  /// How long so much work takes, nanoseconds, a year at most; 0 if it is not known.
  long nanos(long work, long now) {
    return known(now) ? (long) Math.min(LONGEST, work / workRate) : 0;
  }

  /// How long it takes until the next call starts, nanoseconds; 0 if it is not known.
  ///
  /// That is the mean of what was left of those remembered pauses that lasted longer than this one
  /// has. Answers of one length that began together end together: of four of them three start
  /// without a pause, and the mean of all pauses would be the truth for none.
  long untilNext(long now) {
    if (!known(now)) {
      return 0;
    }
    long since = now - last;
    long left = 0;
    int longer = 0;
    for (int i = 0; i < Math.min(seen, PAUSES); i++) {
      if (pauses[i] > since) {
        left += pauses[i] - since;
        longer++;
      }
    }
    return longer == 0 ? 0 : left / longer;
  }
}
