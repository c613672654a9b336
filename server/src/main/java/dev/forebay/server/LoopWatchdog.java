package dev.forebay.server;

import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds what blocks an event loop: asks each loop for a sign of life ten times a second, and says
/// once per stall where the loop's thread stands.
///
/// Turns on one thread; its readings are safe for all.
public final class LoopWatchdog implements Tick {
  private static final Logger LOG = LoggerFactory.getLogger(LoopWatchdog.class);
  private static final Duration EVERY = Duration.ofMillis(100);
  private static final long STALL_NANOS = Duration.ofMillis(200).toNanos();
  private static final long HALF_NANOS = Duration.ofSeconds(30).toNanos();

  private final List<Watched> loops;
  private final LongSupplier nanoTime;
  private volatile long maxLagNanos;
  private volatile long worstNanos;
  private volatile long worstBeforeNanos;
  private long halfBeganNanos;
  private final AtomicLong stalls = new AtomicLong();

  /// @param nanoTime a clock that goes on while the loops stand; safe for all threads
  public LoopWatchdog(List<? extends Loop> loops, LongSupplier nanoTime) {
    this.loops = loops.stream().map(Watched::new).toList();
    this.nanoTime = nanoTime;
    this.halfBeganNanos = nanoTime.getAsLong();
  }

  /// How long the slowest loop let its latest task wait, as of the last turn, nanoseconds.
  public long maxLagNanos() {
    return maxLagNanos;
  }

  /// The longest lag of any loop in the last half to one minute, nanoseconds: whoever reads now and
  /// then would see next to no stall by `maxLagNanos`.
  public long worstLagNanos() {
    return Math.max(worstNanos, worstBeforeNanos);
  }

  /// How often a loop has stood still for more than 200 ms.
  public long stalls() {
    return stalls.get();
  }

  @Override
  public Duration every() {
    return EVERY;
  }

  @Override
  public void turn(Instant now) {
    long max = 0;
    for (Watched loop : loops) {
      max = Math.max(max, look(loop, nanoTime.getAsLong()));
    }
    maxLagNanos = max;
    remember(max, nanoTime.getAsLong());
  }

  private void remember(long lag, long now) {
    if (now - halfBeganNanos >= HALF_NANOS) {
      halfBeganNanos = now;
      worstBeforeNanos = worstNanos;
      worstNanos = 0;
    }
    worstNanos = Math.max(worstNanos, lag);
  }

  /// Looks for the probe that was sent last; once it came through, sends the next.
  private long look(Watched watched, long now) {
    if (watched.waiting) {
      long lag = now - watched.sentNanos;
      if (lag > STALL_NANOS && !watched.stalled) {
        watched.stalled = true;
        stalls.incrementAndGet();
        report(watched, lag);
      }
      return lag;
    }
    long lag = watched.lagNanos;
    if (watched.stalled) {
      watched.stalled = false;
      LOG.info("{} goes on after {} ms", watched.name(), lag / 1_000_000);
    }
    watched.sentNanos = now;
    watched.waiting = true;
    watched.loop.execute(() -> {
      watched.thread = Thread.currentThread();
      watched.lagNanos = nanoTime.getAsLong() - now;
      watched.waiting = false;
    });
    return lag;
  }

  private static void report(Watched watched, long lag) {
    Thread thread = watched.thread;
    var stack = new Throwable("where " + watched.name() + " stands");
    stack.setStackTrace(thread == null ? new StackTraceElement[0] : thread.getStackTrace());
    LOG.warn(
        "{} has run nothing for {} ms: every call on it waits for what it does now",
        watched.name(),
        lag / 1_000_000,
        stack);
  }

  private static final class Watched {
    final Loop loop;
    // Written by the loop, read by the turn. `waiting` is written last, so that whoever sees it
    // false sees the rest.
    volatile @Nullable Thread thread;
    volatile long lagNanos;
    volatile boolean waiting;
    // The turn's own.
    long sentNanos;
    boolean stalled;

    Watched(Loop loop) {
      this.loop = loop;
    }

    String name() {
      Thread known = thread;
      return known == null ? "A loop that never ran" : known.getName();
    }
  }
}
