package dev.forebay.server.adapter.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Lines that wait to be written by a thread of their own; so many at most, and what finds no room
/// is dropped and counted.
///
/// Nobody is woken for a line: the thread looks now and then and writes all there is. To wake it
/// for each would cost the loop that logs more than the line does. Safe for all threads.
final class LineQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_STOP_MILLIS = 5_000;

  private final int room;
  private final Appender<ILoggingEvent> writer;
  private final Runnable flush;
  private final ConcurrentLinkedQueue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::write);
  private volatile boolean stopping;

  /// @param writer stopped with this
  /// @param flush run when all that waited was handed to the writer
  LineQueue(int room, Appender<ILoggingEvent> writer, Runnable flush) {
    this.room = room;
    this.writer = writer;
    this.flush = flush;
  }

  /// Lines that found no room.
  long dropped() {
    return dropped.sum();
  }

  @Override
  public void start() {
    super.start();
    thread.setName("forebay-log-" + writer.getName());
    thread.start();
  }

  /// Lines are counted in and out, so that none is put where there is no room.
  @Override
  protected void append(ILoggingEvent event) {
    int now = waiting.incrementAndGet();
    if (now > room) {
      waiting.decrementAndGet();
      dropped.increment();
      return;
    }
    event.prepareForDeferredProcessing();
    lines.add(event);
    if (now == room / 2) {
      LockSupport.unpark(thread);
    }
  }

  private void write() {
    while (!stopping) {
      writeAll();
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
    writeAll();
  }

  private void writeAll() {
    boolean any = false;
    for (ILoggingEvent line = lines.poll(); line != null; line = lines.poll()) {
      try {
        writer.doAppend(line);
      } finally {
        waiting.decrementAndGet();
      }
      any = true;
    }
    if (any) {
      flush.run();
    }
  }

  /// Writes what waits, for at most some seconds.
  @Override
  public void stop() {
    if (!isStarted()) {
      return;
    }
    super.stop();
    stopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join(LONGEST_STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    writer.stop();
  }
}
