package dev.forebay.gpu;

import dev.forebay.fleet.Replica;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The room on each replica; outlives reloads. Safe for many loops at once; O(1).
public final class Rooms implements TelemetrySink {
  /// Some 10 MB.
  private static final int PREFIX_BLOCKS = 100_000;

  private final ConcurrentHashMap<Replica, Room> rooms = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Replica, Device> devices = new ConcurrentHashMap<>();
  private final Estimator estimator = new Estimator();
  private final PrefixMap prefixes;

  public Rooms() {
    this(PREFIX_BLOCKS);
  }

  /// @param prefixBlocks blocks of prompts of which is remembered who was sent them
  public Rooms(int prefixBlocks) {
    this.prefixes = new PrefixMap(prefixBlocks);
  }

  Room of(Replica replica) {
    Room room = rooms.get(replica);
    return room == null ? rooms.computeIfAbsent(replica, r -> new Room(r, estimator)) : room;
  }

  PrefixMap prefixes() {
    return prefixes;
  }

  Estimator estimator() {
    return estimator;
  }

  @Override
  public void observed(Replica replica, Telemetry telemetry) {
    of(replica).observed(telemetry, wrong(replica), telemetry.answered());
  }

  /// Somebody looked at the device that the replica runs on.
  ///
  /// @param reading what was read; empty if it could not be
  /// @param preallocates whether its engine takes all its memory at its start
  /// @param now the loops' clock, nanoseconds
  public void looked(
      Replica replica, Optional<DeviceReading> reading, boolean preallocates, long now) {
    Device device = devices.computeIfAbsent(replica, _ -> new Device());
    of(replica).tripped(device.looked(reading, preallocates), now);
  }

  /// Nobody says on which device the replica runs.
  public void noDevice(Replica replica, long now) {
    devices.remove(replica);
    if (replica.health().suspect()) {
      of(replica).tripped(Optional.empty(), now);
    }
  }

  /// What is wrong with the device that the replica runs on, if anything is known to be.
  public Optional<Tripwire> wrong(Replica replica) {
    Device device = devices.get(replica);
    return device == null ? Optional.empty() : device.wrong();
  }

  /// Whom the replica takes now.
  public GpuGuard.State state(Replica replica) {
    return of(replica).state();
  }

  /// Forgets all other replicas.
  public void keep(Collection<Replica> replicas) {
    rooms.keySet().retainAll(replicas);
    devices.keySet().retainAll(replicas);
  }
}
