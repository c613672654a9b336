package dev.forebay.lab.engine;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// One timer for all streams of an event loop. A stream gets its turn once a round and keeps the
/// slot in which it began, so that streams do not all send at the same moment. Still while it is
/// empty.
final class StreamWheel {

  /// What has its turn.
  interface Stream {

    /// Sends a chunk; false if this was the last.
    boolean turn();
  }

  private static final long FINEST_NANOS = 1_000_000;
  private static final int MOST_SLOTS = 256;

  private final EventExecutor loop;
  private final LongConsumer lateness;
  private final List<List<Stream>> slots = new ArrayList<>();
  private final long tickNanos;
  private @Nullable Future<?> timer;
  private int current;
  private int streams;
  private long dueNanos;

  /// @param lateness told by each turn of a slot how many nanoseconds after its time it came
  StreamWheel(EventExecutor loop, Duration round, LongConsumer lateness) {
    this.loop = loop;
    this.lateness = lateness;
    int count = (int) Math.clamp(round.toNanos() / FINEST_NANOS, 1, (long) MOST_SLOTS);
    for (int i = 0; i < count; i++) {
      slots.add(new ArrayList<>());
    }
    this.tickNanos = Math.max(1, round.toNanos() / count);
  }

  /// Gives the stream its first turn one round from now.
  void add(Stream stream) {
    slots.get(current).add(stream);
    if (streams++ == 0) {
      dueNanos = System.nanoTime() + tickNanos;
      timer = loop.scheduleAtFixedRate(this::tick, tickNanos, tickNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void tick() {
    lateness.accept(Math.max(0, System.nanoTime() - dueNanos));
    dueNanos += tickNanos;
    current = (current + 1) % slots.size();
    var due = slots.get(current);
    int kept = 0;
    for (int i = 0; i < due.size(); i++) {
      var stream = due.get(i);
      if (stream.turn()) {
        due.set(kept++, stream);
      }
    }
    streams -= due.size() - kept;
    due.subList(kept, due.size()).clear();
    if (streams == 0 && timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
