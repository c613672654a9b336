package dev.forebay.lab.goodput;

import dev.forebay.lab.rival.KvRule;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.rival.RateLimit;
import dev.forebay.lab.simulator.Contender;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/// Everybody who can be asked for by name, in the order of the tables.
final class Entrants {
  private Entrants() {}

  /// @param capacity intents a second at 1x, on which grids of rates are built
  static List<Entrant> all(double capacity) {
    return List.of(
        Entrant.of(new PassThrough()),
        grid(share -> new RateLimit(share * capacity), 0.7, 0.85, 1, 1.15, 1.3, 1.5),
        grid(KvRule::new, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95));
  }

  private static Entrant grid(DoubleFunction<Contender> at, double... values) {
    return new Entrant(Arrays.stream(values).mapToObj(at).toList());
  }
}
