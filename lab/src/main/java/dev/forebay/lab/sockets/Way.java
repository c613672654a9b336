package dev.forebay.lab.sockets;

import dev.forebay.lab.simulator.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What may stand between callers and the engine, with its knob set. Immutable.
sealed interface Way permits Direct, ForebayWay, HaproxyWay, NginxWay, PortkeyWay {
  /// As it is called in tables.
  String name();

  /// What of it was tuned, in words; empty if nothing.
  default String setting() {
    return "";
  }

  /// Why it cannot be had here, in a sentence for the user.
  default Optional<String> missing() throws IOException, InterruptedException {
    return Optional.empty();
  }

  /// The same in the simulator, if it is there.
  default Optional<Contender> simulated() {
    return Optional.empty();
  }

  /// Starts it in front of the engine on that port; it listens when this returns.
  ///
  /// @param folder of its own
  Front start(Path folder, int engine) throws IOException, InterruptedException;

  /// Its name and its setting.
  default String title() {
    return setting().isEmpty() ? name() : name() + " (" + setting() + ")";
  }
}
