package dev.forebay.queue;

import dev.forebay.pipeline.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The calls under way on one loop. Every 10 ms it tells how far their answers have come to whoever
/// decides by that, so that nothing has to be told for each token. Belongs to its loop.
final class Growth {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(10);

  private final Loop loop;
  private final List<Ticket> running = new ArrayList<>();
  private final List<SharedQueue> grown = new ArrayList<>();
  private boolean ticking;

  Growth(Loop loop) {
    this.loop = loop;
  }

  void add(Ticket ticket) {
    ticket.at = running.size();
    running.add(ticket);
    if (!ticking) {
      ticking = true;
      loop.at(loop.nanoTime() + EVERY, this::tick);
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
    for (Ticket ticket : running) {
      if (ticket.look(now) && !grown.contains(ticket.queue())) {
        grown.add(ticket.queue());
      }
    }
    // What has grown is expected to grow less, or more: there may be room now.
    grown.forEach(queue -> queue.turn(loop, null));
    grown.clear();
    ticking = !running.isEmpty();
    if (ticking) {
      loop.at(now + EVERY, this::tick);
    }
  }
}
