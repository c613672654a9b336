package dev.forebay.lab.engine;

import java.util.List;

/// What a GPU, or a slice of one, can do by its data sheet.
///
/// @param memoryBytes what `nvidia-smi` reports as total
/// @param bytesPerSecond memory bandwidth
/// @param flops dense bf16 operations a second
public record GpuPreset(String name, long memoryBytes, double bytesPerSecond, double flops) {

  public static final GpuPreset A100_40 = preset("a100-40", 40_960, 1_555, 312);
  public static final GpuPreset A100_80 = preset("a100-80", 81_920, 2_039, 312);
  public static final GpuPreset H100 = preset("h100", 81_559, 3_350, 989);
  public static final GpuPreset H200 = preset("h200", 143_771, 4_800, 989);

  public static final List<GpuPreset> ALL = List.of(A100_40, A100_80, H100, H200);

  public GpuPreset {
    if (memoryBytes <= 0 || bytesPerSecond <= 0 || flops <= 0) {
      throw new IllegalArgumentException(
          "memoryBytes, bytesPerSecond and flops must be > 0, were %d, %s, %s"
              .formatted(memoryBytes, bytesPerSecond, flops));
    }
  }

  /// The preset of that name, in any case.
  ///
  /// @throws IllegalArgumentException if no preset has that name; the message lists those there are
  public static GpuPreset named(String name) {
    return ALL.stream()
        .filter(gpu -> gpu.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "gpu must be one of %s, was %s"
                    .formatted(ALL.stream().map(GpuPreset::name).toList(), name)));
  }

  /// A MIG slice of this GPU: bandwidth follows the share of memory, arithmetic the share of SMs.
  ///
  /// @param profile NVIDIA's name, such as `2g.20gb`
  /// @param memoryShare of the memory slices, 2/8 for `2g.20gb` on an A100-80
  /// @param smShare of the SMs, 2/7 for the same
  public GpuPreset slice(String profile, long memoryBytes, double memoryShare, double smShare) {
    return new GpuPreset(
        name + "/" + profile, memoryBytes, bytesPerSecond * memoryShare, flops * smShare);
  }

  private static GpuPreset preset(String name, long mebibytes, double gigabytes, double teraflops) {
    return new GpuPreset(name, mebibytes << 20, gigabytes * 1e9, teraflops * 1e12);
  }
}
