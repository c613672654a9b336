package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// Every contender at every load from every seed; the same arrivals for all of them.
record Contest(Scenario scenario, double capacity, List<Double> loads, int seeds) {

  /// The loads of one contender.
  List<Standing> of(Contender contender) {
    List<Standing> standings = new ArrayList<>();
    for (double load : loads) {
      var loaded = scenario.with(new Pace.Flat(load * capacity));
      var scores =
          LongStream.rangeClosed(1, seeds)
              .parallel()
              .mapToObj(seed -> Score.of(Run.of(contender, loaded, seed)))
              .toList();
      standings.add(new Standing(contender, load, scores));
    }
    return standings;
  }
}
