package dev.forebay.queue;

import dev.forebay.pipeline.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The calls under way on one loop. Every 10 ms it tells how far their answers have come to whoever
/// decides by that, so that nothing has to be told for each token. Belongs to its loop.
///
/// A look that comes late, as the loop was busy or the machine was, tells nothing of engines: what
/// they sent meanwhile has waited here, and some of it is read only after the look. So it is told
/// as well from when on all looks were in time.
final class Growth {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(10);

  private final Loop loop;
  private final List<Ticket> running = new ArrayList<>();
  private final List<SharedQueue> grown = new ArrayList<>();
  private boolean ticking;
  private long due;
  private long inTimeSince;

  Growth(Loop loop) {
    this.loop = loop;
    this.inTimeSince = loop.nanoTime();
  }

  void add(Ticket ticket) {
    ticket.at = running.size();
    running.add(ticket);
    if (!ticking) {
      ticking = true;
      tickAfter(loop.nanoTime());
    }
  }

  void remove(Ticket ticket) {
    Ticket last = running.removeLast();
    if (last != ticket) {
      running.set(ticket.at, last);
      last.at = ticket.at;
    }
  }

  private void tick() {
    long now = loop.nanoTime();
    if (now - due > EVERY) {
      // From the next look on, if that one is not late, too.
      inTimeSince = now + EVERY;
    }
    for (Ticket ticket : running) {
      if (ticket.look(inTimeSince, now) && !grown.contains(ticket.queue())) {
        grown.add(ticket.queue());
      }
    }
    // What has grown is expected to grow less, or more: there may be room now.
    grown.forEach(queue -> queue.turn(loop, null));
    grown.clear();
    ticking = !running.isEmpty();
    if (ticking) {
      tickAfter(now);
    }
  }

  private void tickAfter(long now) {
    due = now + EVERY;
    loop.at(due, this::tick);
  }
}
