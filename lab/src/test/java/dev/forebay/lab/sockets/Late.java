package dev.forebay.lab.sockets;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.Workload;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// The same arrivals, each somewhat later, as it may be on a real machine.
///
/// @param most how much later at most
/// @param draw which of the ways in which they can be late
record Late(Workload workload, Duration most, long draw) implements Workload {
  @Override
  public String name() {
    return workload.name();
  }

  @Override
  public EngineSpec engine() {
    return workload.engine();
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    var random = new SplittableRandom(draw);
    return workload.intents(pace, length, seed).stream()
        .map(intent -> later(intent, random.nextLong(most.toNanos())))
        .sorted(Comparator.comparingLong(Intent::atNanos))
        .toList();
  }

  private static Intent later(Intent intent, long nanos) {
    return new Intent(
        intent.number(),
        intent.atNanos() + nanos,
        intent.tenant(),
        intent.priority(),
        intent.promptTokens(),
        intent.promptChars(),
        intent.outputTokens(),
        intent.maxTokens(),
        intent.blocks());
  }
}
