package dev.forebay.lab.simulator;

import dev.forebay.pipeline.Loop;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// A loop whose clock moves only when something happens.
///
/// Time is whole nanoseconds and events run in the order of (time, sequence in which they were
/// asked for), so a run depends on its inputs alone. Everything runs on the thread that calls
/// `run`; unlike a real loop, `execute` must be called there too. A step costs O(log events).
public final class VirtualLoop implements Loop {
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long sequence;
  private long ran;

  public VirtualLoop() {
    this(0);
  }

  /// @param startNanos what the clock shows at first; a negative one finds code that takes the
  ///   origin of a monotonic clock to mean something
  public VirtualLoop(long startNanos) {
    this.now = startNanos;
  }

  @Override
  public void execute(Runnable task) {
    at(now, task);
  }

  @Override
  public Timer at(long nanoTime, Runnable task) {
    // Compared by difference, as a monotonic clock may wrap.
    var event = new Event(nanoTime - now < 0 ? now : nanoTime, sequence++, task);
    events.add(event);
    return event;
  }

  /// Runs the task once `delayNanos` have passed.
  public Timer after(long delayNanos, Runnable task) {
    return at(now + delayNanos, task);
  }

  @Override
  public long nanoTime() {
    return now;
  }

  /// Runs until nothing is left to happen. Never returns if something always is.
  public void runUntilIdle() {
    while (step()) {}
  }

  /// Runs all that happens up to and including this moment, and leaves the clock there.
  public void runUntil(long nanoTime) {
    for (Event first = events.peek();
        first != null && first.time - nanoTime <= 0;
        first = events.peek()) {
      step();
    }
    if (nanoTime - now > 0) {
      now = nanoTime;
    }
  }

  /// How many events have run; cancelled ones do not count.
  public long ran() {
    return ran;
  }

  /// Whether nothing is left to happen.
  public boolean idle() {
    return events.stream().allMatch(Event::cancelled);
  }

  private boolean step() {
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    Runnable task = event.task;
    if (task != null) {
      event.task = null;
      now = event.time;
      ran++;
      task.run();
    }
    return true;
  }

  /// A cancelled event loses its task and stays in the heap until its time: taking it out would
  /// cost O(events).
  private static final class Event implements Comparable<Event>, Timer {
    private final long time;
    private final long sequence;
    private @Nullable Runnable task;

    Event(long time, long sequence, Runnable task) {
      this.time = time;
      this.sequence = sequence;
      this.task = task;
    }

    boolean cancelled() {
      return task == null;
    }

    @Override
    public void cancel() {
      task = null;
    }

    @Override
    public int compareTo(Event other) {
      long byTime = time - other.time;
      return byTime != 0 ? Long.signum(byTime) : Long.compare(sequence, other.sequence);
    }
  }
}
