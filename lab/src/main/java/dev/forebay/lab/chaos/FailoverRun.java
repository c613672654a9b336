package dev.forebay.lab.chaos;

import dev.forebay.lab.engine.EngineObserver;
import dev.forebay.lab.engine.Fault;
import dev.forebay.lab.engine.Faults;
import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.Arrivals;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Gap;
import dev.forebay.lab.load.LoadGenerator;
import dev.forebay.lab.load.LoadObserver;
import dev.forebay.lab.load.LoadOptions;
import dev.forebay.lab.load.LoadOutcome;
import dev.forebay.lab.load.LoadReport;
import dev.forebay.lab.load.Mix;
import dev.forebay.lab.load.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/// Kills one of three replicas under load, and lets it return.
public final class FailoverRun {
  private static final long SETTLED_NANOS = 500_000_000L;

  private static final Fault FIRST_TOKEN = new Fault.SlowStart(Duration.ofMillis(800));

  private final double perSecond;
  private final Duration length;
  private final long seed;

  /// @param length of the run; the replica dies after a quarter of it and returns after a half
  public FailoverRun(double perSecond, Duration length, long seed) {
    this.perSecond = perSecond;
    this.length = length;
    this.seed = seed;
  }

  /// What came of a run.
  ///
  /// @param failedWithoutContent calls that failed although their callers had received no content
  /// @param cutAfterContent calls whose replica died in the middle of their answer
  /// @param lateFailovers calls that began more than 500 ms after the death and still met the dead
  ///   replica before another
  /// @param shareOnReturn share of the calls that the replica got in the first second of its return
  /// @param shareInTheEnd share that it got in the last second of the run
  public record Result(
      LoadReport report,
      long failedWithoutContent,
      long cutAfterContent,
      long lateFailovers,
      double shareOnReturn,
      double shareInTheEnd) {

    public boolean passed() {
      return failedWithoutContent == 0
          && lateFailovers == 0
          && report.failedOver() > 0
          && shareOnReturn < shareInTheEnd;
    }
  }

  public Result run() throws IOException, InterruptedException {
    Queue<LoadOutcome> outcomes = new ConcurrentLinkedQueue<>();
    LastOffer offer = new LastOffer(outcomes);
    long slowStart = length.toMillis() / 4;
    try (Rig rig =
            new Rig(
                3,
                EngineObserver.NONE,
                config -> config.withTimeScale(4),
                "gpu: {slowStart: " + slowStart + "ms}");
        LoadGenerator load =
            new LoadGenerator(
                rig.target(),
                Arrivals.draw(
                    new Gap.Exponential(),
                    new Pace.Flat(perSecond),
                    length,
                    Mix.of(100, 100, 1),
                    seed),
                LoadOptions.of(seed),
                offer)) {
      // A real first token takes a while; whoever waits for one when the replica dies must not
      // notice.
      rig.engines().forEach(each -> each.faults(Faults.always(FIRST_TOKEN)));
      CompletableFuture<LoadReport> running = load.start();
      long quarter = length.toMillis() / 4;
      Thread.sleep(quarter);
      long death = offer.atNanos;
      rig.engine(0).die();
      Thread.sleep(quarter);
      long back = offer.atNanos;
      rig.engine(0).revive();
      LoadReport report = running.join();
      return judge(report, outcomes, death, back);
    }
  }

  /// Knows where in its schedule the load is.
  private static final class LastOffer implements LoadObserver {
    private final Queue<LoadOutcome> outcomes;
    private volatile long atNanos;

    private LastOffer(Queue<LoadOutcome> outcomes) {
      this.outcomes = outcomes;
    }

    @Override
    public void sending(String id, Arrival arrival) {
      atNanos = arrival.atNanos();
    }

    @Override
    public void ended(LoadOutcome outcome) {
      outcomes.add(outcome);
    }
  }

  private Result judge(LoadReport report, Queue<LoadOutcome> outcomes, long death, long back) {
    long end = length.toNanos();
    long second = 1_000_000_000L;
    return new Result(
        report,
        count(outcomes, o -> o.ending() != Ending.OK && o.firstNanos() == 0),
        count(outcomes, o -> o.ending() != Ending.OK && o.firstNanos() != 0),
        count(
            outcomes,
            o ->
                o.attempts() > 1
                    && o.arrival().atNanos() > death + SETTLED_NANOS
                    && o.arrival().atNanos() < back - SETTLED_NANOS),
        share(outcomes, back, back + second),
        share(outcomes, end - second, end));
  }

  private static long count(Queue<LoadOutcome> outcomes, Predicate<LoadOutcome> which) {
    return outcomes.stream().filter(which).count();
  }

  private static double share(Queue<LoadOutcome> outcomes, long from, long to) {
    Predicate<LoadOutcome> within =
        o -> o.arrival().atNanos() >= from && o.arrival().atNanos() < to;
    return count(outcomes, within.and(o -> "engine-0".equals(o.replica())))
        / (double) Math.max(1, count(outcomes, within));
  }
}
