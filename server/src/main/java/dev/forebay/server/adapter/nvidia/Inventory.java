package dev.forebay.server.adapter.nvidia;

import dev.forebay.gpu.DeviceReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The boards and instances that were found on this machine. Immutable.
public record Inventory(List<Gpu> gpus) {
  public Inventory {
    gpus = List.copyOf(gpus);
  }

  /// What the driver says of a device; of a slice with the errors of its board.
  ///
  /// @param name a UUID of a board or a MIG device, `0` for a board by its index, or `0:1` for the
  ///   MIG device 1 of board 0
  public Optional<DeviceReading> reading(String name) {
    for (Gpu gpu : gpus) {
      if (name.equals(gpu.uuid()) || name.equals(String.valueOf(gpu.index()))) {
        return Optional.of(gpu.reading());
      }
      for (MigInstance each : gpu.instances()) {
        if (name.equals(each.uuid()) || name.equals(gpu.index() + ":" + each.index())) {
          return Optional.of(each.reading().withErrorsOf(gpu.reading()));
        }
      }
    }
    return Optional.empty();
  }

  /// Joins what `-q -x` says, which often lacks UUIDs and always lacks profiles, with `-L`, which
  /// has both. A device that only one of them knows was made or removed in between; it is left to
  /// the next look.
  static Inventory of(List<Gpu> gpus, List<SmiText.Listed> listed) {
    List<Gpu> joined = new ArrayList<>();
    for (Gpu gpu : gpus) {
      String uuid = gpu.uuid();
      List<MigInstance> instances = new ArrayList<>(gpu.instances());
      for (SmiText.Listed line : listed) {
        if (line.gpu() == gpu.index() && line.device() < 0 && uuid.isEmpty()) {
          uuid = line.uuid();
        }
        if (line.gpu() == gpu.index()) {
          instances.replaceAll(each ->
              each.index() == line.device()
                  ? new MigInstance(
                      each.index(), line.uuid(), line.name(), each.gpuInstance(), each.reading())
                  : each);
        }
      }
      joined.add(new Gpu(gpu.index(), uuid, gpu.name(), gpu.mig(), gpu.reading(), instances));
    }
    return new Inventory(joined);
  }
}
