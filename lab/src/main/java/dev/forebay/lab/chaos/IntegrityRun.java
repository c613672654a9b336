package dev.forebay.lab.chaos;

import dev.forebay.lab.engine.Fault;
import dev.forebay.lab.engine.Faults;
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
import dev.forebay.server.Gateway;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Streams through the gateway from engines that cut events at random, fail in every way they know
/// and lose their callers, and compares byte by byte what callers got with what engines gave.
public final class IntegrityRun {
  private final int streams;
  private final double perSecond;
  private final long seed;

  public IntegrityRun(int streams, double perSecond, long seed) {
    this.streams = streams;
    this.perSecond = perSecond;
    this.seed = seed;
  }

  /// What came of a run.
  ///
  /// @param report what callers saw, told by the load generator
  /// @param compared answers whose text was compared
  /// @param changed answers whose text was not what the engine gave, or came twice
  /// @param holding what the gateway held when all had ended
  /// @param leaks what Netty's leak detector found, also after shutdown
  public record Result(
      LoadReport report,
      long compared,
      List<String> changed,
      Gateway.Holding holding,
      List<String> leaks) {

    public boolean passed() {
      return changed.isEmpty()
          && leaks.isEmpty()
          && holding.calls() == 0
          && holding.work() == 0
          && holding.bodyBytes() == 0
          && report.count(Ending.GARBLED) == 0;
    }
  }

  public Result run() throws IOException, InterruptedException {
    try (LeakCount leaks = new LeakCount()) {
      Scribe scribe = new Scribe();
      ConcurrentLinkedQueue<LoadOutcome> outcomes = new ConcurrentLinkedQueue<>();
      LoadReport report;
      Gateway.Holding holding;
      try (Rig rig =
          new Rig(
              3,
              scribe,
              config -> config.withTimeScale(20).withRandomChunking(seed),
              // The detector makes all of it slow: nobody shall be refused or cut off for that.
              "gpu: {pace: 0s}\nqueue: {patience: [60s, 60s, 60s, 300s]}\n"
                  + "upstream: {firstContent: 8s, idle: 4s, commitAfter: 500ms, keepAliveEvery: 300ms}")) {
        rig.engines().forEach(engine -> engine.faults(everything(seed)));
        var arrivals =
            Arrivals.draw(
                new Gap.Exponential(),
                new Pace.Flat(perSecond),
                Duration.ofNanos((long) (streams * 1e9 / perSecond)),
                Mix.of(50, 30, 0.9).cancelling(0.1),
                seed);
        try (LoadGenerator load =
            new LoadGenerator(rig.target(), arrivals, LoadOptions.of(seed), hashing(outcomes))) {
          report = load.run();
        }
        holding = rig.settle();
      }
      List<String> changed = new ArrayList<>();
      long compared = 0;
      for (LoadOutcome outcome : outcomes) {
        if (outcome.textSha256() != null && outcome.textBytes() > 0) {
          compared++;
          boolean whole = outcome.ending() == Ending.OK;
          if (!scribe.gave(outcome.id(), outcome.textBytes(), outcome.textSha256(), whole)) {
            changed.add(outcome.id() + " " + outcome.ending());
          }
        }
      }
      return new Result(report, compared, changed, holding, leaks.find());
    }
  }

  private static LoadObserver hashing(ConcurrentLinkedQueue<LoadOutcome> outcomes) {
    return new LoadObserver() {
      @Override
      public void ended(LoadOutcome outcome) {
        outcomes.add(outcome);
      }

      @Override
      public boolean hashesText() {
        return true;
      }
    };
  }

  /// Every fault that an engine knows, each now and then.
  private static Faults everything(long seed) {
    return Faults.none()
        .withSeed(seed)
        .with(new Fault.Cut(5, true), 0.02)
        .with(new Fault.Cut(1, false), 0.02)
        .with(new Fault.Reject(503, null), 0.02)
        .with(new Fault.Reject(429, Duration.ofSeconds(1)), 0.01)
        .with(new Fault.Reject(500, null), 0.01)
        .with(new Fault.EmptyBody(), 0.01)
        .with(new Fault.BlankBody(), 0.01)
        .with(new Fault.ErrorEvent(0), 0.01)
        .with(new Fault.ErrorEvent(7), 0.01)
        .with(new Fault.OutOfResources(1), 0.01)
        .with(new Fault.OutOfResources(6), 0.01)
        .with(new Fault.KeepAlive(Duration.ofSeconds(4)), 0.05)
        .with(new Fault.SlowStart(Duration.ofSeconds(16)), 0.02)
        .with(new Fault.Stall(4), 0.002)
        .with(new Fault.CloseDelimited(), 0.03)
        .with(new Fault.LengthDelimited(), 0.03);
  }
}
