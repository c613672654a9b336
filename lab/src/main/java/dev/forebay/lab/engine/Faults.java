package dev.forebay.lab.engine;

import java.util.ArrayList;
import java.util.List;

/// Which faults an engine shows, and how often. Immutable.
///
/// @param seed of the draws: the same faults hit the same requests if those come in the same order
/// @param chances drawn independently for each request
public record Faults(long seed, List<Chance> chances) {

  /// A fault and how often it strikes.
  ///
  /// @param probability that one request meets the fault, 0 to 1
  public record Chance(double probability, Fault fault) {
    public Chance {
      if (!(probability >= 0 && probability <= 1)) {
        throw new IllegalArgumentException("probability must be in [0, 1], was " + probability);
      }
    }
  }

  public Faults {
    chances = List.copyOf(chances);
  }

  public static Faults none() {
    return new Faults(1, List.of());
  }

  /// That fault on every request.
  public static Faults always(Fault fault) {
    return none().with(fault);
  }

  public Faults withSeed(long newSeed) {
    return new Faults(newSeed, chances);
  }

  public Faults with(Fault fault) {
    return with(fault, 1);
  }

  public Faults with(Fault fault, double probability) {
    var more = new ArrayList<>(chances);
    more.add(new Chance(probability, fault));
    return new Faults(seed, more);
  }

  public Faults without(Class<? extends Fault> kind) {
    return new Faults(
        seed, chances.stream().filter(chance -> !kind.isInstance(chance.fault())).toList());
  }
}
