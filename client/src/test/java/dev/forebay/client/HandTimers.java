package dev.forebay.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Timers moved by hand. Tasks run on the thread that moves them. Safe for many threads at once.
final class HandTimers implements Timers {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private record Task(long at, long number, Runnable work) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
  private long now;
  private long number;

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public synchronized Instant now() {
    return START.plusNanos(now);
  }

  @Override
  public synchronized Timer after(Duration delay, Runnable work) {
    var task = new Task(now + Math.max(0, delay.toNanos()), number++, work);
    tasks.add(task);
    return () -> cancel(task);
  }

  @Override
  public void soon(Runnable work) {
    work.run();
  }

  private synchronized void cancel(Task task) {
    tasks.remove(task);
  }

  synchronized int pending() {
    return tasks.size();
  }

  /// How long until the earliest task; a year if there is none.
  synchronized Duration next() {
    var first = tasks.peek();
    return first == null ? Duration.ofDays(365) : Duration.ofNanos(first.at() - now);
  }

  /// Moves to the earliest task and runs it.
  ///
  /// @return whether there was one
  boolean step() {
    var task = takeNext();
    if (task == null) {
      return false;
    }
    task.work().run();
    return true;
  }

  private synchronized @Nullable Task takeNext() {
    var task = tasks.poll();
    if (task != null) {
      now = task.at();
    }
    return task;
  }

  synchronized void advance(Duration time) {
    now += time.toNanos();
  }
}
