package dev.forebay.lab.sockets;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.Workload;
import java.time.Duration;
import java.util.List;

/// Short prompts and bounded answers, as a model with a context of 512 tokens can take them.
record Stories() implements Workload {
  private static final ChatWorkload ARRIVALS = new ChatWorkload("stories", 30, 0.3, 100, 0);
  private static final int TOKENS = 100;

  @Override
  public String name() {
    return ARRIVALS.name();
  }

  /// Nothing is simulated of it.
  @Override
  public EngineSpec engine() {
    return ARRIVALS.engine();
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    return ARRIVALS.intents(pace, length, seed).stream().map(Stories::bounded).toList();
  }

  private static Intent bounded(Intent any) {
    return new Intent(
        any.number(),
        any.atNanos(),
        any.tenant(),
        any.priority(),
        any.promptTokens(),
        any.promptChars(),
        TOKENS,
        TOKENS,
        any.blocks());
  }
}
