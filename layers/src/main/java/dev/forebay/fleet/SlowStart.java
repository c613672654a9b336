package dev.forebay.fleet;

import java.util.concurrent.TimeUnit;

/// Spreads the calls that start after a pause. Whoever waited for its end would else start at once,
/// more than were ever carried, and be asked to pause again.
///
/// In the first second as many start as were under way when the pause was asked for, evenly; in
/// each further one twice as many. After ten seconds without another pause all are let through.
///
/// Safe for many loops at once: one volatile read where no pause was, else a short lock. O(1).
final class SlowStart {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int SECONDS = 10;

  /// Calls that come a little late, as timers do, catch up.
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private volatile boolean on;
  private long from;
  private long next;
  private int carried;

  /// A pause was asked for.
  ///
  /// @param opens when it ends
  /// @param underWay calls that were not refused. Of those that began together and are refused one
  ///   after the other only the last one tells it
  synchronized void pause(long opens, int underWay, long now) {
    boolean anew = !on || now - from >= 0;
    carried = Math.max(1, anew ? underWay : Math.min(carried, underWay));
    from = opens;
    next = opens;
    on = true;
  }

  /// Lets a call start, or says how long it has to wait before it asks again; nanoseconds.
  long take(long now) {
    return on ? paced(now) : 0;
  }

  private synchronized long paced(long now) {
    long since = now - from;
    if (since >= SECONDS * SECOND) {
      on = false;
      return 0;
    }
    if (now - next < 0) {
      return next - now;
    }
    long gap = SECOND / ((long) carried << Math.max(0, since / SECOND));
    next = Math.max(next - now, -LATE_NANOS) + now + gap;
    return 0;
  }
}
