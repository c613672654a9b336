package dev.forebay.lab.engine;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The faults drawn for one request.
record Misfortune(List<Fault> faults) {

  static final Misfortune NONE = new Misfortune(List.of());

  static Misfortune draw(Faults faults, RandomGenerator random) {
    if (faults.chances().isEmpty()) {
      return NONE;
    }
    return new Misfortune(
        faults.chances().stream()
            .filter(chance -> random.nextDouble() < chance.probability())
            .map(Faults.Chance::fault)
            .toList());
  }

  /// The first of that kind, or null.
  <F extends Fault> @Nullable F find(Class<F> kind) {
    for (var fault : faults) {
      if (kind.isInstance(fault)) {
        return kind.cast(fault);
      }
    }
    return null;
  }

  boolean has(Class<? extends Fault> kind) {
    return find(kind) != null;
  }
}
