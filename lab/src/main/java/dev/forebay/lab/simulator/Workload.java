package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import java.time.Duration;
import java.util.List;

/// What users want and when. Immutable and safe for many threads.
public interface Workload {

  String name();

  /// What the answers are made on, unless a scenario says otherwise.
  EngineSpec engine();

  /// The same for the same arguments. Two paces with one seed bring the same users at other times.
  List<Intent> intents(Pace pace, Duration length, long seed);
}
