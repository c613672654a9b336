package dev.forebay;

import dev.forebay.pipeline.Loop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A loop whose clock is moved by hand and whose timers run as it passes them.
public final class TimedLoop implements Loop {
  private final List<Task> tasks = new ArrayList<>();
  private long now;

  private record Task(long at, Runnable run) {}

  @Override
  public void execute(Runnable task) {
    at(now, task);
  }

  @Override
  public Timer at(long nanoTime, Runnable run) {
    var task = new Task(nanoTime, run);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  @Override
  public long nanoTime() {
    return now;
  }

  /// Timers that wait.
  public int waiting() {
    return tasks.size();
  }

  /// Does something else until then; what is due meanwhile comes late.
  public void block(long nanoTime) {
    now = nanoTime;
  }

  public void runUntil(long nanoTime) {
    for (Task next = first(); next.at <= nanoTime; next = first()) {
      tasks.remove(next);
      now = Math.max(now, next.at);
      next.run.run();
    }
    now = nanoTime;
  }

  private Task first() {
    return tasks.stream().min(Comparator.comparingLong(Task::at)).orElse(NONE);
  }

  private static final Task NONE = new Task(Long.MAX_VALUE, () -> {});
}
