package dev.forebay.lab.sockets;

import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.simulator.Contender;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Nothing: callers know the engine.
record Direct() implements Way {
  @Override
  public String name() {
    return "no gateway";
  }

  @Override
  public Optional<Contender> simulated() {
    return Optional.of(new PassThrough());
  }

  @Override
  public Front start(Path folder, int engine) {
    return new Front(engine, Map.of(), () -> {});
  }
}
