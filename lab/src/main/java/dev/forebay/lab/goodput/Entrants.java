package dev.forebay.lab.goodput;

import dev.forebay.lab.rival.FixedLimit;
import dev.forebay.lab.rival.GpuMemoryRule;
import dev.forebay.lab.rival.Gradient2;
import dev.forebay.lab.rival.KvRule;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.rival.RateLimit;
import dev.forebay.lab.rival.UtilizationGate;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Forebay;
import dev.forebay.lab.simulator.Forebay.Less;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/// Everybody who can be asked for by name, in the order of the tables.
final class Entrants {
  private Entrants() {}

  /// @param capacity intents a second at 1x, on which grids of rates are built
  static List<Entrant> all(double capacity) {
    List<Entrant> all = new ArrayList<>();
    for (Less less : Less.values()) {
      all.add(Entrant.of(new Forebay(less)));
    }
    all.addAll(rivals(capacity));
    return all;
  }

  private static List<Entrant> rivals(double capacity) {
    return List.of(
        Entrant.of(new PassThrough()),
        grid(share -> new RateLimit(share * capacity), 0.7, 0.8, 0.9, 1, 1.15, 1.5, 2, 3),
        new Entrant(fixedLimits()),
        grid(Gradient2::new, 1, 1.5, 2, 3),
        Entrant.of(new GpuMemoryRule(0.9)),
        grid(KvRule::new, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95),
        new Entrant(gates()));
  }

  private static List<Contender> fixedLimits() {
    List<Contender> limits = new ArrayList<>();
    for (int most : new int[] {32, 48, 64, 96}) {
      for (int millis : new int[] {500, 1_500}) {
        limits.add(new FixedLimit(most, Duration.ofMillis(millis)));
      }
    }
    return limits;
  }

  private static List<Contender> gates() {
    List<Contender> gates = new ArrayList<>();
    for (double queue : new double[] {5, 1}) {
      for (double kv : new double[] {0.8, 0.6}) {
        for (int seconds : new int[] {60, 2}) {
          gates.add(new UtilizationGate(queue, kv, Duration.ofSeconds(seconds)));
        }
      }
    }
    return gates;
  }

  private static Entrant grid(DoubleFunction<Contender> at, double... values) {
    return new Entrant(Arrays.stream(values).mapToObj(at).toList());
  }
}
