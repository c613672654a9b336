package dev.forebay.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Where time and turns come from, so that a test can set them.
interface Timers {
  /// Time that only goes forward.
  long nanoTime();

  /// Time of day.
  Instant now();

  /// Runs a task later, on a thread of its own choosing.
  Timer after(Duration delay, Runnable task);

  /// Runs a task at once, on a thread that may wait.
  void soon(Runnable task);

  /// Something that will happen unless it is cancelled before.
  interface Timer {
    void cancel();
  }

  /// The system's clocks, and the threads that every JVM has for its futures: none of our own.
  Timers SYSTEM =
      new Timers() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
          var due = new CompletableFuture<Boolean>();
          due.thenAccept(isDue -> {
            if (isDue) {
              // off the one thread that all timers of the JVM share
              soon(task);
            }
          });
          due.completeOnTimeout(true, delay.toNanos(), TimeUnit.NANOSECONDS);
          return () -> due.complete(false);
        }

        @Override
        public void soon(Runnable task) {
          CompletableFuture.runAsync(task);
        }
      };
}
