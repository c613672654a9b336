package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What becomes of a scenario with no gate: one run for each load and seed, whoever is compared
/// with it. Safe for many threads.
final class Ungated {
  private final Scenario scenario;
  private final double capacity;
  private final Map<Arrivals, Ran> runs = new ConcurrentHashMap<>();

  private record Arrivals(double load, long seed) {}

  /// @param scenario of any pace
  /// @param capacity intents a second at 1x
  Ungated(Scenario scenario, double capacity) {
    this.scenario = scenario;
    this.capacity = capacity;
  }

  /// Null beyond 1x: nobody is served in time there, and later than that says nothing.
  @Nullable Ran at(double load, long seed) {
    return load > 1 ? null : runs.computeIfAbsent(new Arrivals(load, seed), this::run);
  }

  private Ran run(Arrivals arrivals) {
    Scenario loaded = scenario.with(new Pace.Flat(arrivals.load * capacity));
    return Run.of(new PassThrough(), loaded, arrivals.seed).ran();
  }
}
