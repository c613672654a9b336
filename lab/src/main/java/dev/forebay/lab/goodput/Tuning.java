package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.util.Arrays;
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
    double[][] goodput =
        IntStream.range(0, entrant.settings().size() * LOADS.length)
            .parallel()
            .mapToObj(cell -> goodput(entrant, cell / LOADS.length, cell % LOADS.length))
            .collect(Collectors.groupingBy(Cell::setting))
            .values()
            .stream()
            .map(row -> row.stream().mapToDouble(Cell::goodput).toArray())
            .toArray(double[][]::new);
    int best = 0;
    for (int i = 0; i < goodput.length; i++) {
      Contender setting = entrant.settings().get(i);
      say.accept("  %-14s %-22s %s".formatted(setting.name(), setting.setting(), text(goodput[i])));
      best = sum(goodput[i]) > sum(goodput[best]) ? i : best;
    }
    return entrant.settings().get(best);
  }

  private record Cell(int setting, double goodput) {}

  private Cell goodput(Entrant entrant, int setting, int load) {
    var loaded = scenario.with(new Pace.Flat(LOADS[load] * capacity));
    var run = Run.of(entrant.settings().get(setting), loaded, FIRST_SEED);
    return new Cell(setting, Score.of(run).goodCalls());
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  private static String text(double[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> String.format(Locale.ROOT, "%6.2f", value))
        .collect(Collectors.joining(" "));
  }
}
