package dev.forebay.queue;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Numbers all calls that wait for one pool, in the order in which they would start if nobody else
/// came.
///
/// In one walk, at most once a second and only if somebody asks, whoever it is: if each counted for
/// itself, the cost would grow with the square of those that wait. Not thread-safe.
final class Numbering {
  private static final long GOOD_FOR = TimeUnit.SECONDS.toNanos(1);

  private boolean done;
  private long doneAt;

  /// Numbers them again unless the last numbers are still good.
  ///
  /// @param again those that go ahead of all classes
  void look(Collection<Entry> again, FairQueue[] classes, long now) {
    if (done && now - doneAt <= GOOD_FOR) {
      return;
    }
    done = true;
    doneAt = now;
    var walk = new Walk();
    again.forEach(walk);
    for (FairQueue each : classes) {
      each.inTurn(walk);
    }
  }

  private static final class Walk implements Consumer<Entry> {
    private int calls;
    private long work;

    @Override
    public void accept(Entry entry) {
      entry.callsAhead = calls++;
      entry.workAhead = work;
      work += entry.need.work();
    }
  }
}
