package dev.forebay.queue;

import java.util.concurrent.TimeUnit;

/// How much work a pool takes in a second when there is enough of it. Not thread-safe.
final class DrainRate {
  private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);
  private static final double ALPHA = 0.3;

  private long since;
  private boolean begun;
  private double started;
  private double perSecond;

  /// Work was started.
  void started(long work) {
    started += work;
  }

  /// Looks at the clock.
  ///
  /// @param waiting whether anything waits: only then does the pool take as much as it can
  void look(boolean waiting, long now) {
    if (!begun) {
      begun = true;
      since = now;
    }
    long length = now - since;
    if (length < PERIOD) {
      return;
    }
    double sample = started * PERIOD / length;
    if (waiting || sample > perSecond) {
      perSecond = perSecond == 0 ? sample : perSecond + ALPHA * (sample - perSecond);
    }
    started = 0;
    since = now;
  }

  /// Work units a second; 0 if not known.
  double perSecond() {
    return perSecond;
  }
}
