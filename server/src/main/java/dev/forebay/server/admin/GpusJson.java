package dev.forebay.server.admin;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.DeviceReading;
import dev.forebay.gpu.LastTelemetry;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.Telemetry;
import dev.forebay.gpu.Tripwire;
import dev.forebay.server.adapter.nvidia.Gpu;
import dev.forebay.server.adapter.nvidia.Inventory;
import dev.forebay.server.adapter.nvidia.MigInstance;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes what engines show of themselves, and the GPUs of this machine, as one JSON object. What
/// is unknown is left out. Safe for many threads at once.
public final class GpusJson implements Supplier<String> {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Fleet fleet;
  private final Rooms rooms;
  private final Supplier<Map<String, String>> devices;
  private final LastTelemetry shown;
  private final Supplier<Inventory> inventory;
  private final LongSupplier nanoTime;

  /// Writes when it is asked.
  ///
  /// @param rooms whom replicas take now
  /// @param devices on which device replicas run, by their names, as configured now
  /// @param nanoTime the clock of the loops
  public GpusJson(
      Fleet fleet,
      Rooms rooms,
      Supplier<Map<String, String>> devices,
      LastTelemetry shown,
      Supplier<Inventory> inventory,
      LongSupplier nanoTime) {
    this.fleet = fleet;
    this.rooms = rooms;
    this.devices = devices;
    this.shown = shown;
    this.inventory = inventory;
    this.nanoTime = nanoTime;
  }

  @Override
  public String get() {
    Inventory found = inventory.get();
    ObjectNode root = JSON.createObjectNode();
    ArrayNode replicas = root.putArray("replicas");
    for (Pool pool : fleet.pools()) {
      for (Replica replica : pool.replicas()) {
        ObjectNode each = replicas.addObject();
        each.put("name", replica.name());
        each.put("pool", pool.name());
        write(replica, each, found);
      }
    }
    ArrayNode gpus = root.putArray("gpus");
    found.gpus().forEach(gpu -> write(gpu, gpus.addObject()));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private void write(Replica replica, ObjectNode json, Inventory found) {
    json.put("guard", word(rooms.state(replica)));
    rooms.wrong(replica).ifPresent(wire -> json.put("wrong", word(wire)));
    String device = devices.get().getOrDefault(replica.name(), "");
    if (!device.isEmpty()) {
      ObjectNode gpu = json.putObject("device");
      gpu.put("name", device);
      found
          .reading(device)
          .ifPresentOrElse(reading -> write(reading, gpu), () -> gpu.put("unknown", true));
    }
    Telemetry telemetry = shown.of(replica);
    if (telemetry != null) {
      write(telemetry, json.putObject("engine"));
    }
  }

  private void write(Telemetry telemetry, ObjectNode json) {
    json.put("age_ms", (nanoTime.getAsLong() - telemetry.asked()) / 1_000_000);
    put(json, "kv_usage", telemetry.kvUsage());
    put(json, "kv_capacity_tokens", telemetry.kvCapacityTokens());
    put(json, "running", telemetry.running());
    put(json, "waiting", telemetry.waiting());
    put(json, "max_num_seqs", telemetry.maxNumSeqs());
    put(json, "preemptions", telemetry.preemptions());
    put(json, "block_size", telemetry.blockSize());
    put(json, "prefix_hits", telemetry.prefixHits());
    put(json, "prefix_queries", telemetry.prefixQueries());
  }

  private static void write(Gpu gpu, ObjectNode json) {
    json.put("index", gpu.index());
    name(json, "uuid", gpu.uuid());
    name(json, "name", gpu.name());
    json.put("mig", gpu.mig());
    write(gpu.reading(), json);
    ArrayNode instances = json.putArray("instances");
    for (MigInstance each : gpu.instances()) {
      ObjectNode instance = instances.addObject();
      instance.put("index", each.index());
      name(instance, "uuid", each.uuid());
      name(instance, "profile", each.profile());
      write(each.reading(), instance);
    }
  }

  private static void write(DeviceReading reading, ObjectNode json) {
    put(json, "memory_total_bytes", reading.totalBytes());
    put(json, "memory_used_bytes", reading.usedBytes());
    put(json, "memory_free_bytes", reading.freeBytes());
    put(json, "utilisation", reading.utilisation());
    // How full the memory is makes nothing suspect as long as it is not known who takes it when.
    Tripwire.of(reading, true).ifPresent(wire -> json.put("suspect", word(wire)));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void name(ObjectNode json, String key, String value) {
    if (!value.isEmpty()) {
      json.put(key, value);
    }
  }

  private static void put(ObjectNode json, String key, OptionalLong value) {
    value.ifPresent(known -> json.put(key, known));
  }

  private static void put(ObjectNode json, String key, OptionalDouble value) {
    value.ifPresent(known -> json.put(key, known));
  }
}
