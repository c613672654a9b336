package dev.forebay.server.adapter.nvidia;

import dev.forebay.gpu.DeviceReading;
import dev.forebay.server.adapter.engine.Exposition;
import dev.forebay.server.adapter.engine.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Reads what NVIDIA's DCGM exporter shows. A board under MIG has a row for each instance, told
/// apart by `GPU_I_ID`, and there is no total of memory: it is what is free, used and reserved.
/// `GPU_UTIL` is of the whole board, also where it stands in an instance's row.
final class DcgmPage {
  private static final String FREE = "DCGM_FI_DEV_FB_FREE";
  private static final String USED = "DCGM_FI_DEV_FB_USED";
  private static final String RESERVED = "DCGM_FI_DEV_FB_RESERVED";
  private static final String BUSY = "DCGM_FI_DEV_GPU_UTIL";
  private static final String ACTIVE = "DCGM_FI_PROF_GR_ENGINE_ACTIVE";
  private static final String XID = "DCGM_FI_DEV_XID_ERRORS";
  private static final String REMAP = "DCGM_FI_DEV_ROW_REMAP_FAILURE";
  private static final String INSTANCE = "GPU_I_ID";
  private static final List<String> NAMES = List.of(FREE, USED, RESERVED, BUSY, ACTIVE, XID, REMAP);

  private final Exposition page;

  private DcgmPage(Exposition page) {
    this.page = page;
  }

  /// The boards, in the order of their indexes.
  static List<Gpu> read(byte[] body) {
    return new DcgmPage(Exposition.read(body, NAMES::contains)).gpus();
  }

  private List<Gpu> gpus() {
    Map<Integer, Map<Integer, Map<String, String>>> rows = new TreeMap<>();
    for (String name : NAMES) {
      for (Sample sample : page.of(name)) {
        Map<String, String> labels = sample.labels();
        long gpu = SmiValue.count(labels.getOrDefault("gpu", "")).orElse(-1);
        long instance = SmiValue.count(labels.getOrDefault(INSTANCE, "")).orElse(-1);
        if (gpu >= 0 && gpu < 10_000 && instance < 10_000) {
          rows.computeIfAbsent((int) gpu, _ -> new TreeMap<>()).putIfAbsent((int) instance, labels);
        }
      }
    }
    List<Gpu> gpus = new ArrayList<>();
    rows.forEach((index, byInstance) -> gpus.add(gpu(index, byInstance)));
    return gpus;
  }

  private Gpu gpu(int index, Map<Integer, Map<String, String>> byInstance) {
    List<MigInstance> instances = new ArrayList<>();
    byInstance.forEach((id, labels) -> {
      if (id >= 0) {
        String profile = labels.getOrDefault("GPU_I_PROFILE", "");
        instances.add(new MigInstance(instances.size(), "", profile, id, reading(labels, id)));
      }
    });
    Map<String, String> labels = byInstance.values().iterator().next();
    return new Gpu(
        index,
        labels.getOrDefault("UUID", ""),
        labels.getOrDefault("modelName", ""),
        !instances.isEmpty(),
        reading(labels, -1),
        instances);
  }

  private DeviceReading reading(Map<String, String> labels, int instance) {
    OptionalLong free = mebibytes(FREE, labels, instance);
    OptionalLong used = mebibytes(USED, labels, instance);
    long reserved = mebibytes(RESERVED, labels, instance).orElse(0);
    OptionalLong total =
        free.isPresent() && used.isPresent()
            ? OptionalLong.of(free.getAsLong() + used.getAsLong() + reserved)
            : OptionalLong.empty();
    OptionalDouble active = value(ACTIVE, labels, instance);
    OptionalDouble busy = instance < 0 ? value(BUSY, labels, instance) : OptionalDouble.empty();
    OptionalDouble share =
        active.isPresent()
            ? active
            : busy.isPresent() ? OptionalDouble.of(busy.getAsDouble() / 100) : busy;
    return new DeviceReading(
        total,
        used,
        free,
        share.orElse(0) <= 1 ? share : OptionalDouble.empty(),
        count(XID, labels, instance),
        count(REMAP, labels, instance),
        false);
  }

  private OptionalLong mebibytes(String name, Map<String, String> labels, int instance) {
    OptionalLong count = count(name, labels, instance);
    return count.isPresent() ? OptionalLong.of(count.getAsLong() << 20) : count;
  }

  private OptionalLong count(String name, Map<String, String> labels, int instance) {
    OptionalDouble value = value(name, labels, instance);
    return value.isPresent() && value.getAsDouble() < 1e12
        ? OptionalLong.of((long) value.getAsDouble())
        : OptionalLong.empty();
  }

  private OptionalDouble value(String name, Map<String, String> labels, int instance) {
    String board = labels.getOrDefault("gpu", "");
    String id = instance < 0 ? "" : String.valueOf(instance);
    return page.of(name).stream()
        .filter(sample -> sample.labels().getOrDefault("gpu", "").equals(board))
        .filter(sample -> sample.labels().getOrDefault(INSTANCE, "").equals(id))
        .mapToDouble(Sample::value)
        .filter(value -> value >= 0 && value <= Double.MAX_VALUE)
        .findFirst();
  }
}
