package dev.forebay.server;

import static java.util.Objects.requireNonNull;

import dev.forebay.pipeline.Tick;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns control loops, each on a virtual thread of its own, with a fixed pause between the end of
/// one turn and the start of the next.
///
/// A turn that fails does not end its loop, whatever it throws. It is logged when it first fails so
/// and when it works again, not each time in between. Safe for all threads.
final class TickRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TickRunner.class);

  private final InstantSource clock;
  private final Map<Tick, Running> running = new LinkedHashMap<>();
  private volatile boolean stopped;

  TickRunner(InstantSource clock) {
    this.clock = clock;
  }

  /// Turns exactly these from now on: those that turn already go on undisturbed.
  synchronized void run(List<Tick> ticks) {
    ticks.forEach(this::start);
    List<Tick> others = running.keySet().stream().filter(tick -> !ticks.contains(tick)).toList();
    others.forEach(tick -> requireNonNull(running.remove(tick)).stop());
  }

  synchronized Set<Tick> turning() {
    return Set.copyOf(running.keySet());
  }

  synchronized void start(Tick tick) {
    if (!stopped && !running.containsKey(tick)) {
      var started = new Running(tick);
      running.put(tick, started);
      started.thread.start();
    }
  }

  /// Interrupts whoever is at work and waits a second at most for each to end.
  void stop() throws InterruptedException {
    List<Running> last;
    synchronized (this) {
      stopped = true;
      last = List.copyOf(running.values());
      last.forEach(Running::stop);
    }
    for (Running each : last) {
      each.thread.join(1000);
    }
  }

  private final class Running implements Runnable {
    private final Tick tick;
    private final String name;
    private final Thread thread;
    private volatile boolean over;
    private @Nullable String failure;
    private int failures;

    Running(Tick tick) {
      this.tick = tick;
      this.name = tick.getClass().getSimpleName();
      this.thread = Thread.ofVirtual().name("forebay-" + name).unstarted(this);
    }

    void stop() {
      over = true;
      thread.interrupt();
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
        return !over;
      }
      return !over;
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
      if (!over && !thrown.toString().equals(failure)) {
        failure = thrown.toString();
        LOG.error("{} failed and goes on", name, thrown);
      }
    }
  }
}
