package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Everybody at every load from every seed, the same arrivals for all of them.
///
/// @param scenario of any pace
/// @param policies names of those who take part; all if empty
record Contest(
    Scenario scenario,
    List<Double> loads,
    int seeds,
    Collection<String> policies,
    Consumer<String> say) {

  Result hold() {
    say.accept("%n%s: looking for 1x".formatted(scenario.workload().name()));
    double capacity = new Capacity(scenario, say).find();
    say.accept(
        String.format(Locale.ROOT, "1x is %.2f/s; tuning at 1x, 2x and 10x, good/s:", capacity));
    var tuning = new Tuning(scenario, capacity, say);
    var ungated = new Ungated(scenario, capacity);
    List<Standing> standings = new ArrayList<>();
    for (Entrant entrant : Entrants.all(capacity)) {
      if (policies.isEmpty() || policies.contains(entrant.name())) {
        Contender contender = tuning.best(entrant);
        say.accept("running %s %s".formatted(contender.name(), contender.setting()).strip());
        standings.addAll(stand(contender, capacity, ungated));
      }
    }
    return new Result(scenario, capacity, standings);
  }

  private List<Standing> stand(Contender contender, double capacity, Ungated ungated) {
    List<Score> scores =
        IntStream.range(0, loads.size() * seeds)
            .parallel()
            .mapToObj(cell -> {
              double load = loads.get(cell / seeds);
              long seed = 1L + cell % seeds;
              Scenario loaded = scenario.with(new Pace.Flat(load * capacity));
              Ran ran = Run.of(contender, loaded, seed).ran();
              return Score.of(ran, ungated.at(load, seed));
            })
            .toList();
    return IntStream.range(0, loads.size())
        .mapToObj(i ->
            new Standing(
                contender, loads.get(i), new Scores(scores.subList(i * seeds, (i + 1) * seeds))))
        .toList();
  }
}
