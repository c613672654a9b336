package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Chats of at most two kinds, each at a pace of its own, whatever pace is asked for.
record Mixed(List<Kind> kinds) implements Workload {
  private static final int MOST_KINDS = 2;

  /// @param tenant all of them, if not null
  record Kind(Pace pace, @Nullable String tenant, int priority) {}

  @Override
  public String name() {
    return "mixed";
  }

  @Override
  public EngineSpec engine() {
    return ChatWorkload.SYNTHETIC.engine();
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    List<Intent> all = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      Kind kind = kinds.get(i);
      for (Intent each : ChatWorkload.SYNTHETIC.intents(kind.pace, length, seed + 1_000L * i)) {
        all.add(of(kind, MOST_KINDS * each.number() + i, each));
      }
    }
    all.sort(Comparator.comparingLong(Intent::atNanos));
    return List.copyOf(all);
  }

  /// Numbers are a kind's own, so that no client draws otherwise because of the others.
  private static Intent of(Kind kind, int number, Intent chat) {
    return new Intent(
        number,
        chat.atNanos(),
        kind.tenant == null ? chat.tenant() : kind.tenant,
        kind.priority,
        chat.promptTokens(),
        chat.promptChars(),
        chat.outputTokens(),
        chat.maxTokens(),
        chat.blocks());
  }
}
