package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/// Finds what "1x" is: the highest rate at which nine of ten intents get a good answer with no gate
/// in front of the engines.
///
/// @see <a href="https://arxiv.org/abs/2401.09670">Zhong et al., DistServe, section 2: goodput</a>
public final class Capacity {
  private static final double ATTAINED = 0.9;
  private static final double CLOSE_ENOUGH = 1.02;

  /// Fewer intents in a run say nothing; and where nobody comes, everybody is served.
  private static final int FEWEST = 10;

  private static final int SEEDS = 8; // near 1x, one run in a few collapses

  private final Scenario scenario;
  private final Consumer<String> say;

  /// @param scenario of any pace
  public Capacity(Scenario scenario, Consumer<String> say) {
    this.scenario = scenario;
    this.say = say;
  }

  /// Intents a second, by bisection to 2 %.
  ///
  /// @throws IllegalStateException if no rate is low enough
  public double find() {
    double least = FEWEST / (scenario.length().minus(scenario.warmUp()).toNanos() / 1e9);
    double low = scenario.replicas();
    while (!kept(low)) {
      low /= 2;
      if (low < least) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s has no 1x: at %.3f/s less than %.0f %% of the answers are good, and a run of"
                    + " fewer intents says nothing",
                scenario.workload().name(),
                2 * low,
                100 * ATTAINED));
      }
    }
    double high = 2 * low;
    while (kept(high)) {
      low = high;
      high *= 2;
    }
    while (high / low > CLOSE_ENOUGH) {
      double middle = Math.sqrt(low * high);
      if (kept(middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean kept(double rate) {
    var flat = scenario.with(new Pace.Flat(rate));
    double attained =
        LongStream.rangeClosed(1, SEEDS)
            .parallel()
            .mapToDouble(seed -> Score.of(Run.of(new PassThrough(), flat, seed).ran()).attained())
            .average()
            .orElseThrow();
    say.accept(String.format(Locale.ROOT, "  %6.2f/s: %5.1f %% good", rate, 100 * attained));
    return attained >= ATTAINED;
  }
}
