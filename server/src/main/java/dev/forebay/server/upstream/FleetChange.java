package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a configuration makes of the fleet, planned and not yet done.
///
/// @param pools every pool of the configuration, in its order
/// @param gone the names of replicas that it no longer has, as `pool/replica`
public record FleetChange(List<PoolChange> pools, List<String> gone) {

  /// What becomes of one pool.
  ///
  /// @param targets how each of its replicas is reached from then on
  /// @param added those of its replicas of which nothing is known
  record PoolChange(
      ConfiguredPool pool, PoolSettings settings, List<Target> targets, Set<Replica> added) {

    List<Replica> replicas() {
      return targets.stream().map(Target::replica).toList();
    }
  }

  /// The replicas that come and go, for the log.
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    for (PoolChange each : pools) {
      String pool = each.pool().pool().name();
      each.added().forEach(replica -> lines.add("+ " + pool + "/" + replica.name()));
    }
    gone.forEach(replica -> lines.add("- " + replica));
    return lines;
  }
}
