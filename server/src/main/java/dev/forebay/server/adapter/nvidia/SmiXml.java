package dev.forebay.server.adapter.nvidia;

import dev.forebay.gpu.DeviceReading;
import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Reads what `nvidia-smi -q -x` prints. Values are told apart by their whole path, since `total`,
/// `used` and `free` occur below several elements: `bar1_memory_usage` and
/// `cc_protected_memory_usage` too. Neither a DTD nor any entity is read.
final class SmiXml {
  private static final String GPU = "nvidia_smi_log/gpu";
  private static final String DEVICE = GPU + "/mig_devices/mig_device";
  private static final String MEMORY = "/fb_memory_usage/";

  private final List<Gpu> gpus = new ArrayList<>();
  private Map<String, String> gpu = new HashMap<>();
  private Map<String, String> device = new HashMap<>();
  private List<MigInstance> devices = new ArrayList<>();

  private SmiXml() {}

  /// The boards, in the order of their indexes.
  ///
  /// @throws IllegalArgumentException if it is no such document
  static List<Gpu> read(byte[] xml) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    SmiXml log = new SmiXml();
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
      log.read(reader);
      reader.close();
    } catch (XMLStreamException e) {
      throw new IllegalArgumentException("it is not what nvidia-smi -q -x prints", e);
    }
    return log.gpus;
  }

  private void read(XMLStreamReader reader) throws XMLStreamException {
    Deque<String> path = new ArrayDeque<>();
    StringBuilder text = new StringBuilder();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          path.addLast(reader.getLocalName());
          text.setLength(0);
          begin(String.join("/", path));
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          end(String.join("/", path), text.toString());
          path.removeLast();
          text.setLength(0);
        }
        default -> {}
      }
    }
    if (gpus.isEmpty()) {
      throw new XMLStreamException("no gpu");
    }
  }

  private void begin(String path) {
    switch (path) {
      case GPU -> {
        gpu = new HashMap<>();
        devices = new ArrayList<>();
      }
      case DEVICE -> device = new HashMap<>();
      default -> {}
    }
  }

  private void end(String path, String text) {
    switch (path) {
      case GPU -> gpus.add(gpu());
      case DEVICE -> devices.add(device());
      default -> {
        if (path.startsWith(DEVICE + "/")) {
          device.put(path.substring(DEVICE.length()), text);
        } else if (path.startsWith(GPU + "/")) {
          gpu.put(path.substring(GPU.length()), text);
        }
      }
    }
  }

  private Gpu gpu() {
    return new Gpu(
        gpus.size(),
        SmiValue.name(gpu.getOrDefault("/uuid", "")),
        SmiValue.name(gpu.getOrDefault("/product_name", "")),
        gpu.getOrDefault("/mig_mode/current_mig", "").strip().equals("Enabled"),
        reading(gpu),
        devices);
  }

  private MigInstance device() {
    return new MigInstance(
        (int) SmiValue.count(device.getOrDefault("/index", "")).orElse(devices.size()),
        SmiValue.name(device.getOrDefault("/uuid", "")),
        "",
        (int) SmiValue.count(device.getOrDefault("/gpu_instance_id", "")).orElse(-1),
        reading(device));
  }

  private static DeviceReading reading(Map<String, String> values) {
    String remap = values.getOrDefault("/remapped_rows/remapped_row_failure", "").strip();
    return new DeviceReading(
        SmiValue.mebibytes(values.getOrDefault(MEMORY + "total", "")),
        SmiValue.mebibytes(values.getOrDefault(MEMORY + "used", "")),
        SmiValue.mebibytes(values.getOrDefault(MEMORY + "free", "")),
        SmiValue.percent(values.getOrDefault("/utilization/gpu_util", "")),
        OptionalLong.empty(),
        switch (remap) {
          case "Yes" -> OptionalLong.of(1);
          case "No" -> OptionalLong.of(0);
          default -> OptionalLong.empty();
        },
        // Others are "None", and "Drain P2P", which says that only its links are broken.
        switch (values.getOrDefault("/gpu_recovery_action", "").strip()) {
          case "Reset", "Reboot", "Drain and Reset" -> true;
          default -> false;
        });
  }
}
