package dev.forebay.server.adapter.nvidia;

import dev.forebay.gpu.DeviceReading;
import java.util.List;

/// One board. What the tools did not say is empty, or unknown in its reading: under MIG, a board's
/// own use is not told.
///
/// @param index as `CUDA_VISIBLE_DEVICES` and `nvidia-smi -i` count
/// @param uuid like `GPU-1f027ee8-...`; empty if it was not told
/// @param name like `NVIDIA H100 80GB HBM3`; empty if it was not told
/// @param mig whether it is, or can be, cut into instances
/// @param instances that it is cut into now
public record Gpu(
    int index,
    String uuid,
    String name,
    boolean mig,
    DeviceReading reading,
    List<MigInstance> instances) {
  public Gpu {
    instances = List.copyOf(instances);
  }
}
