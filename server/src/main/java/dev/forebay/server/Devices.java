package dev.forebay.server;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.Tripwire;
import dev.forebay.server.adapter.nvidia.Inventory;
import dev.forebay.server.upstream.PoolConfig;
import dev.forebay.server.upstream.ReplicaConfig;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which device of this machine each replica runs on. Tells the rooms how these devices are, and
/// the log once when somebody has to look and once when it helped.
final class Devices {
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

  private final Supplier<Map<String, PoolConfig>> pools;
  private final Fleet fleet;
  private final Rooms rooms;
  private final LongSupplier clock;

  /// Tells nobody before something was found.
  ///
  /// @param pools as configured now
  /// @param clock the clock of the loops, nanoseconds
  Devices(Supplier<Map<String, PoolConfig>> pools, Fleet fleet, Rooms rooms, LongSupplier clock) {
    this.pools = pools;
    this.fleet = fleet;
    this.rooms = rooms;
    this.clock = clock;
  }

  /// The devices by the names of the replicas that run on them.
  Map<String, String> byReplica() {
    Map<String, String> devices = new LinkedHashMap<>();
    for (PoolConfig pool : pools.get().values()) {
      for (ReplicaConfig replica : pool.replicas()) {
        if (!replica.gpu().isEmpty()) {
          devices.put(replica.name(), replica.gpu());
        }
      }
    }
    return devices;
  }

  /// Takes what was found on this machine.
  void found(Inventory inventory) {
    Map<String, String> devices = byReplica();
    for (Pool pool : fleet.pools()) {
      PoolConfig config = pools.get().get(pool.name());
      boolean preallocates = config == null || config.kv().preallocates();
      for (Replica replica : pool.replicas()) {
        String device = devices.get(replica.name());
        if (device == null) {
          rooms.noDevice(replica, clock.getAsLong());
        } else {
          looked(replica, device, inventory, preallocates);
        }
      }
    }
  }

  private void looked(Replica replica, String device, Inventory inventory, boolean preallocates) {
    Optional<Tripwire> before = rooms.wrong(replica);
    rooms.looked(replica, inventory.reading(device), preallocates, clock.getAsLong());
    Optional<Tripwire> wrong = rooms.wrong(replica);
    if (!wrong.equals(before)) {
      wrong.ifPresentOrElse(
          wire ->
              LOG.error(
                  "replica {} gets no calls: its device {} is suspect ({})",
                  replica.name(),
                  device,
                  wire.name().toLowerCase(Locale.ROOT)),
          () -> LOG.info("replica {} gets calls again: its device {} is well", replica, device));
    }
  }

  /// Replicas that get no calls because of their device.
  long suspects() {
    return fleet.pools().stream()
        .flatMap(pool -> pool.replicas().stream())
        .filter(replica -> replica.health().suspect())
        .count();
  }
}
