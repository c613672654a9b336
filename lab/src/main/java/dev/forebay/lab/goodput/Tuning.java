package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Gives each contender the setting that serves it best: the one with the highest goodput at 1x, 2x
/// and 10x together. Of other seeds than those of the results.
final class Tuning {
  private static final double[] LOADS = {1, 2, 10};
  private static final long FIRST_SEED = 1_000;

  private final Scenario scenario;
  private final double capacity;
  private final Consumer<String> say;

  /// @param scenario of any pace
  /// @param capacity intents a second at 1x
  Tuning(Scenario scenario, double capacity, Consumer<String> say) {
    this.scenario = scenario;
    this.capacity = capacity;
    this.say = say;
  }

  Contender best(Entrant entrant) {
    if (entrant.settings().size() == 1) {
      return entrant.settings().getFirst();
    }
    List<Contender> settings = entrant.settings();
    double[] goodput =
        IntStream.range(0, settings.size() * LOADS.length)
            .parallel()
            .mapToDouble(
                cell -> goodput(settings.get(cell / LOADS.length), LOADS[cell % LOADS.length]))
            .toArray();
    int best = 0;
    double most = -1;
    for (int i = 0; i < settings.size(); i++) {
      double[] own = Arrays.copyOfRange(goodput, i * LOADS.length, (i + 1) * LOADS.length);
      Contender setting = settings.get(i);
      say.accept("  %-14s %-22s %s".formatted(setting.name(), setting.setting(), text(own)));
      double sum = Arrays.stream(own).sum();
      if (sum > most) {
        most = sum;
        best = i;
      }
    }
    return settings.get(best);
  }

  private double goodput(Contender setting, double load) {
    var loaded = scenario.with(new Pace.Flat(load * capacity));
    return Score.of(Run.of(setting, loaded, FIRST_SEED).ran()).goodCalls();
  }

  private static String text(double[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> String.format(Locale.ROOT, "%6.2f", value))
        .collect(Collectors.joining(" "));
  }
}
