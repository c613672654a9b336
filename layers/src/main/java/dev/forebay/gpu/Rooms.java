package dev.forebay.gpu;

import dev.forebay.fleet.Replica;
import java.util.concurrent.ConcurrentHashMap;

/// The room on each replica; outlives reloads. Safe for many loops at once; O(1).
public final class Rooms {
  private final ConcurrentHashMap<Replica, Room> rooms = new ConcurrentHashMap<>();
  private final Estimator estimator = new Estimator();

  Room of(Replica replica) {
    Room room = rooms.get(replica);
    return room == null
        ? rooms.computeIfAbsent(replica, r -> new Room(r, estimator))
        : room;
  }

  Estimator estimator() {
    return estimator;
  }

  /// Says what a replica's engine can hold.
  ///
  /// @param kvTokens of KV cache; `Long.MAX_VALUE` if nobody knows
  /// @param block tokens that are taken together
  /// @param maxSequences that it runs at once; `Integer.MAX_VALUE` if nobody knows
  public void capacity(Replica replica, long kvTokens, int block, int maxSequences) {
    of(replica).ledger().capacity(kvTokens, block, maxSequences);
  }

  /// Forgets a replica that has left.
  public void forget(Replica replica) {
    rooms.remove(replica);
  }
}
