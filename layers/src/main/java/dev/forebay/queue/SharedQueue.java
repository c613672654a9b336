package dev.forebay.queue;

import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Place;
import dev.forebay.pipeline.Progress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A pool's queue as many loops share it: one short lock around each step. While it is held nobody
/// is called but those who find room, and loops are given what they do later.
final class SharedQueue {
  private static final long NEVER = Long.MAX_VALUE;

  /// So late a loop is busy, and another one has to see to it.
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final PoolQueue queue;
  private long wakesAt = NEVER;

  SharedQueue(PoolQueue queue) {
    this.queue = queue;
  }

  synchronized void become(QueueConfig config, Capacity capacity, @Nullable Pool pool) {
    queue.become(config, capacity, pool);
  }

  /// Where a call stands that has come, and what becomes of it; null if it waits.
  record Entered(Place place, @Nullable Verdict verdict) {}

  /// A call comes. In one step: one for which there is room waits for nobody, and nobody who comes
  /// meanwhile sees it wait.
  synchronized Entered enter(Ticket ticket, Pool pool, Loop loop, long now) {
    Place place = queue.offer(ticket, pool, now);
    return new Entered(place, turn(loop, ticket));
  }

  synchronized @Nullable Place place(Entry entry, long now) {
    return queue.place(entry, now);
  }

  synchronized @Nullable Waiting find(String callId, long now) {
    return queue.find(callId, now);
  }

  synchronized @Nullable Verdict next(long now) {
    return queue.next(now);
  }

  synchronized void grew(Entry entry, Progress progress) {
    queue.grew(entry, progress);
  }

  synchronized void leave(Entry entry, Progress progress) {
    queue.leave(entry, progress);
  }

  synchronized void abandon(Entry entry, Progress progress) {
    queue.abandon(entry, progress);
  }

  synchronized int waiting() {
    return queue.waiting();
  }

  /// Tells each call what becomes of it now, on its own loop.
  ///
  /// @param loop on which this runs
  /// @param self a call that is told by whoever asks, as it is its own turn to act; null if there
  ///   is none
  /// @return what becomes of that one; null if it waits
  @Nullable Verdict turn(Loop loop, @Nullable Ticket self) {
    Verdict own = null;
    for (Verdict verdict = next(loop.nanoTime());
        verdict != null;
        verdict = next(loop.nanoTime())) {
      if (verdict.entry() == self) {
        own = verdict;
      } else {
        ((Ticket) verdict.entry()).later(verdict);
      }
    }
    wakeUp(loop);
    return own;
  }

  private void wakeUp(Loop loop) {
    long at;
    synchronized (this) {
      at = queue.nextEvent();
      boolean sooner = wakesAt == NEVER || at - wakesAt < 0;
      boolean late = wakesAt != NEVER && loop.nanoTime() - wakesAt > LATE_NANOS;
      if (at == NEVER || !(sooner || late)) {
        return;
      }
      wakesAt = at;
    }
    loop.at(
        at,
        () -> {
          synchronized (this) {
            if (wakesAt != at) {
              // An earlier one has taken its place; each would bring about another for ever.
              return;
            }
            wakesAt = NEVER;
          }
          turn(loop, null);
        });
  }
}
