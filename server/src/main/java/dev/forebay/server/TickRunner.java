package dev.forebay.server;

import dev.forebay.pipeline.Tick;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns control loops, each on a virtual thread of its own, with a fixed pause between the end of
/// one turn and the start of the next.
///
/// A turn that fails does not end its loop, whatever it throws. It is logged when it first fails so
/// and when it works again, not each time in between. To be started and stopped by one thread.
final class TickRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TickRunner.class);

  private final InstantSource clock;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  TickRunner(InstantSource clock) {
    this.clock = clock;
  }

  void start(Tick tick) {
    var running = new Running(tick);
    threads.add(Thread.ofVirtual().name("forebay-" + running.name).start(running));
  }

  /// Interrupts whoever is at work and waits a second at most for each to end.
  void stop() throws InterruptedException {
    stopped = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join(1000);
    }
  }

  private final class Running implements Runnable {
    private final Tick tick;
    private final String name;
    private @Nullable String failure;
    private int failures;

    Running(Tick tick) {
      this.tick = tick;
      this.name = tick.getClass().getSimpleName();
    }

    @Override
    public void run() {
      while (pause()) {
        try {
          tick.turn(clock.instant());
          worked();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
          // An error of the virtual machine itself ends the loop: nothing can be promised then.
          failed(e);
        }
      }
    }

    /// Whether there is to be another turn. An interrupt that does not come from `stop`, or that a
    /// turn has swallowed, decides nothing.
    private boolean pause() {
      try {
        Thread.sleep(tick.every());
      } catch (InterruptedException e) {
        return !stopped;
      }
      return !stopped;
    }

    private void worked() {
      if (failure != null) {
        LOG.info("{} works again after {} turns that failed", name, failures);
        failure = null;
        failures = 0;
      }
    }

    private void failed(Throwable thrown) {
      failures++;
      if (!stopped && !thrown.toString().equals(failure)) {
        failure = thrown.toString();
        LOG.error("{} failed and goes on", name, thrown);
      }
    }
  }
}
