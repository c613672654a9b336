package dev.forebay;

import dev.forebay.pipeline.Loop;
import java.util.ArrayDeque;

/// A loop whose clock is moved by hand and whose tasks run when told to. For what needs timers, the
/// lab has a virtual loop.
public final class HandLoop implements Loop {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private long now;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer at(long nanoTime, Runnable task) {
    throw new UnsupportedOperationException("no timers here");
  }

  @Override
  public long nanoTime() {
    return now;
  }

  public void now(long nanoTime) {
    now = nanoTime;
  }

  public void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }
}
