package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Forebay;

/// What one contender reached at one load.
record Standing(Contender contender, double load, Scores scores) {

  /// Whether it is a rival, and not the product or the product less something.
  boolean rival() {
    return !(contender instanceof Forebay);
  }

  double good() {
    return scores.mean(Score::goodCalls);
  }
}
