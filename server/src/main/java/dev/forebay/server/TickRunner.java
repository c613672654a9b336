package dev.forebay.server;

import dev.forebay.pipeline.Tick;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns control loops, each on a virtual thread of its own, with a fixed pause between the end of
/// one turn and the start of the next.
final class TickRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TickRunner.class);

  private final InstantSource clock;
  private final List<Thread> threads = new ArrayList<>();

  TickRunner(InstantSource clock) {
    this.clock = clock;
  }

  void start(Tick tick) {
    threads.add(
        Thread.ofVirtual()
            .name("forebay-" + tick.getClass().getSimpleName())
            .start(() -> turnForEver(tick)));
  }

  private void turnForEver(Tick tick) {
    String lastFailure = "";
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(tick.every());
        tick.turn(clock.instant());
        lastFailure = "";
      } catch (InterruptedException closed) {
        return;
      } catch (Exception failure) {
        // Once for a streak: a loop that fails every second shall not fill the log.
        if (!failure.toString().equals(lastFailure)) {
          LOG.error("{} failed and goes on", tick.getClass().getSimpleName(), failure);
          lastFailure = failure.toString();
        }
      }
    }
  }

  void stop() throws InterruptedException {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join(1000);
    }
  }
}
