package dev.forebay.lab.chaos;

import dev.forebay.lab.load.Arrivals;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Gap;
import dev.forebay.lab.load.LoadGenerator;
import dev.forebay.lab.load.LoadObserver;
import dev.forebay.lab.load.LoadOptions;
import dev.forebay.lab.load.Mix;
import dev.forebay.lab.load.Pace;
import dev.forebay.server.Gateway;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/// Hangs up on streams in the middle and measures how soon the engine stops.
public final class CancelRun {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final int calls;
  private final double perSecond;
  private final long seed;

  public CancelRun(int calls, double perSecond, long seed) {
    this.calls = calls;
    this.perSecond = perSecond;
    this.seed = seed;
  }

  /// What came of a run.
  ///
  /// @param cancelled streams that their callers left
  /// @param unheard those of which the engine never learnt
  /// @param untilAbort from the caller's close to the engine's abort, nanoseconds
  /// @param holding what the gateway held when all had ended
  public record Result(
      long cancelled, long unheard, Histogram untilAbort, Gateway.Holding holding) {

    public boolean passed() {
      return cancelled > 0
          && unheard == 0
          && untilAbort.getValueAtPercentile(99) <= 100_000_000L
          && holding.calls() == 0;
    }
  }

  public Result run() throws IOException, InterruptedException {
    Scribe scribe = new Scribe();
    Map<String, Long> closedAt = new ConcurrentHashMap<>();
    LoadObserver observer =
        outcome -> {
          if (outcome.ending() == Ending.CANCELLED && outcome.firstNanos() > 0) {
            closedAt.put(outcome.id(), System.nanoTime());
          }
        };
    Gateway.Holding holding;
    try (Rig rig = new Rig(2, scribe, config -> config, "");
        LoadGenerator load =
            new LoadGenerator(
                rig.target(),
                Arrivals.draw(
                    new Gap.Exponential(),
                    new Pace.Flat(perSecond),
                    Duration.ofNanos((long) (calls * 1e9 / perSecond)),
                    Mix.of(50, 2_000, 1).cancelling(1),
                    seed),
                LoadOptions.of(seed),
                observer)) {
      load.run();
      holding = rig.settle();
    }
    Histogram untilAbort = new Histogram(LONGEST_NANOS, 3);
    long unheard = 0;
    for (Map.Entry<String, Long> closed : closedAt.entrySet()) {
      Long aborted = scribe.abortedAt(closed.getKey());
      if (aborted == null) {
        unheard++;
      } else {
        untilAbort.recordValue(Math.clamp(aborted - closed.getValue(), 0, LONGEST_NANOS));
      }
    }
    return new Result(closedAt.size(), unheard, untilAbort, holding);
  }
}
