package dev.forebay.lab.simulator;

import dev.forebay.pipeline.Stage;
import java.util.List;

/// A way to decide which calls go to the engines, and when. Immutable: each run has stages of its
/// own.
public interface Contender {

  String name();

  /// What it does, in a line for whoever chooses; empty where nobody can ask for it by name.
  default String about() {
    return "";
  }

  /// What of it was tuned, in words; empty if nothing.
  default String setting() {
    return "";
  }

  /// Whether it lets calls wait and tells them for how long (`Call.waited`).
  default boolean queues() {
    return false;
  }

  /// The path before the engines. Begins each attempt and reserves its replica.
  ///
  /// @param seed of all that is random in it
  List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed);
}
