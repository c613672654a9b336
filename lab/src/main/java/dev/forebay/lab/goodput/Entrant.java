package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import java.util.List;

/// A contender in all the settings that it may choose from; one where there is nothing to tune.
record Entrant(List<Contender> settings) {
  Entrant {
    settings = List.copyOf(settings);
    if (settings.isEmpty()) {
      throw new IllegalArgumentException("an entrant has one setting at least");
    }
  }

  static Entrant of(Contender only) {
    return new Entrant(List.of(only));
  }

  String name() {
    return settings.getFirst().name();
  }

  String about() {
    return settings.getFirst().about();
  }
}
