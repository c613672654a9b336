package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.load.Arrivals;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Gap;
import dev.forebay.lab.load.LoadGenerator;
import dev.forebay.lab.load.LoadObserver;
import dev.forebay.lab.load.LoadOptions;
import dev.forebay.lab.load.LoadReport;
import dev.forebay.lab.load.Mix;
import dev.forebay.lab.load.Pace;
import java.time.Duration;

/// Calls at times that were fixed before, whether or not the proxy keeps up.
final class OpenLoop {
  private static final long SEED = 1; // every proxy, every round: the same calls

  private OpenLoop() {}

  static LoadReport run(Order order, double streamShare) {
    var arrivals =
        Arrivals.draw(
            new Gap.Exponential(),
            new Pace.Flat(order.perSecond()),
            order.window(),
            Mix.of(Order.promptTokens(), Order.outputTokens(), streamShare).distinctPrompts(1),
            SEED);
    var options = LoadOptions.of(SEED).within(Duration.ofSeconds(5));
    try (var load =
        new LoadGenerator(order.target(Wire.HTTP1), arrivals, options, LoadObserver.NONE)) {
      return load.run();
    }
  }

  /// Calls that did not end well.
  static long failed(LoadReport report) {
    return report.offered() - report.count(Ending.OK);
  }

  static double lateMillis(LoadReport report) {
    return report.lateness().getValueAtPercentile(99) / 1e6;
  }
}
