package dev.forebay.gpu;

import dev.forebay.fleet.Replica;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What each engine showed last. Safe for all threads.
public final class LastTelemetry implements TelemetrySink {
  private final Map<Replica, Telemetry> last = new ConcurrentHashMap<>();

  @Override
  public void observed(Replica replica, Telemetry telemetry) {
    last.put(replica, telemetry);
  }

  /// What the replica showed last; null if it never showed anything.
  public @Nullable Telemetry of(Replica replica) {
    return last.get(replica);
  }

  /// Forgets all other replicas.
  public void keep(Collection<Replica> replicas) {
    last.keySet().retainAll(replicas);
  }
}
