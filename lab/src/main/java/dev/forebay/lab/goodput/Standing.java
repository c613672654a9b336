package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What one contender reached at one load, a score a seed.
record Standing(Contender contender, double load, List<Score> scores) {
  Standing {
    scores = List.copyOf(scores);
  }

  double mean(ToDoubleFunction<Score> figure) {
    return scores.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }
}
