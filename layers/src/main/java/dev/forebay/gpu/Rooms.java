package dev.forebay.gpu;

import dev.forebay.fleet.Replica;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The room on each replica; outlives reloads. Safe for many loops at once; O(1).
public final class Rooms implements TelemetrySink {
  private final ConcurrentHashMap<Replica, Room> rooms = new ConcurrentHashMap<>();
  private final Estimator estimator = new Estimator();

  Room of(Replica replica) {
    Room room = rooms.get(replica);
    return room == null ? rooms.computeIfAbsent(replica, r -> new Room(r, estimator)) : room;
  }

  Estimator estimator() {
    return estimator;
  }

  @Override
  public void observed(Replica replica, Telemetry telemetry) {
    of(replica).observed(telemetry, Optional.empty(), telemetry.answered());
  }

  /// Forgets a replica that has left.
  public void forget(Replica replica) {
    rooms.remove(replica);
  }
}
