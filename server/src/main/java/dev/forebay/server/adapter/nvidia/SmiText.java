package dev.forebay.server.adapter.nvidia;

import dev.forebay.gpu.DeviceReading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the lists and tables that `nvidia-smi` prints for people. Lines that are none of theirs
/// are passed over.
final class SmiText {
  private static final Pattern BOARD =
      Pattern.compile("GPU (\\d{1,4}): (.*?) \\(UUID: (GPU-[0-9A-Za-z-]+)\\)");
  private static final Pattern DEVICE =
      Pattern.compile("\\s+MIG (\\S+)\\s+Device\\s+(\\d{1,4}): \\(UUID: (MIG-[0-9A-Za-z/-]+)\\)");
  private static final Pattern INSTANCE =
      Pattern.compile(
          "\\|\\s+(\\d{1,4})\\s+MIG (\\S+)\\s+(\\d{1,4})\\s+(\\d{1,4})\\s+(\\d{1,2}):(\\d{1,2})\\s*\\|");
  private static final Pattern PROFILE =
      Pattern.compile(
          "\\|\\s+(\\d{1,4})\\s+MIG (\\S+)\\s+(\\d{1,4})\\s+(\\d{1,4})/(\\d{1,4})\\s+"
              + "(\\d{1,6}(?:\\.\\d+)?)\\s+(?:Yes|No)\\s+(\\d{1,4})\\s.*\\|");
  private static final Pattern PLACEMENTS =
      Pattern.compile(
          "\\s*GPU\\s+(\\d{1,4}) Profile ID\\s+(\\d{1,4}) Placements?\\s*: *\\{([\\d,]+)\\}:(\\d{1,2})\\s*");

  private SmiText() {}

  /// A line of `-L`.
  ///
  /// @param device index of the MIG device; -1 for the board itself
  /// @param name of the board, or the device's profile
  record Listed(int gpu, int device, String name, String uuid) {}

  /// A line of `mig -lgi`: a GPU instance there is.
  record Instance(int gpu, String profile, int profileId, int id, int start, int size) {}

  /// A line of `mig -lgip`: what instances can be made.
  ///
  /// @param free how many more can be made now
  record Profile(int gpu, String name, int id, int free, int total, double gib, int sms) {}

  /// A line of `mig -lgipp`: where instances of a profile can begin.
  record Placements(int gpu, int profileId, List<Integer> starts, int size) {}

  /// Reads `nvidia-smi -L`.
  static List<Listed> list(String text) {
    List<Listed> found = new ArrayList<>();
    int gpu = -1;
    for (String line : text.lines().toList()) {
      Matcher board = BOARD.matcher(line.stripTrailing());
      Matcher device = DEVICE.matcher(line.stripTrailing());
      if (board.matches()) {
        gpu = Integer.parseInt(board.group(1));
        found.add(new Listed(gpu, -1, board.group(2), board.group(3)));
      } else if (device.matches() && gpu >= 0) {
        found.add(
            new Listed(gpu, Integer.parseInt(device.group(2)), device.group(1), device.group(3)));
      }
    }
    return found;
  }

  /// Reads `nvidia-smi mig -lgi`.
  static List<Instance> instances(String table) {
    return rows(INSTANCE, table).stream()
        .map(row ->
            new Instance(
                number(row, 1),
                row.group(2),
                number(row, 3),
                number(row, 4),
                number(row, 5),
                number(row, 6)))
        .toList();
  }

  /// Reads `nvidia-smi mig -lgip`.
  static List<Profile> profiles(String table) {
    return rows(PROFILE, table).stream()
        .map(row ->
            new Profile(
                number(row, 1),
                row.group(2),
                number(row, 3),
                number(row, 4),
                number(row, 5),
                Double.parseDouble(row.group(6)),
                number(row, 7)))
        .toList();
  }

  /// Reads `nvidia-smi mig -lgipp`.
  static List<Placements> placements(String text) {
    return rows(PLACEMENTS, text).stream()
        .map(row ->
            new Placements(
                number(row, 1),
                number(row, 2),
                Arrays.stream(row.group(3).split(",", -1))
                    .filter(start -> !start.isEmpty() && start.length() < 5)
                    .map(Integer::valueOf)
                    .toList(),
                number(row, 4)))
        .toList();
  }

  /// Reads `nvidia-smi --query-gpu=index,uuid,name,mig.mode.current,memory.total,memory.used,
  /// memory.free,utilization.gpu --format=csv,noheader,nounits`.
  static List<Gpu> csv(String text) {
    List<Gpu> found = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] values = line.split(",", -1);
      OptionalLong index = values.length == 8 ? SmiValue.count(values[0]) : OptionalLong.empty();
      if (index.isPresent() && index.getAsLong() < 10_000) {
        found.add(
            new Gpu(
                (int) index.getAsLong(),
                SmiValue.name(values[1]),
                SmiValue.name(values[2]),
                values[3].strip().equals("Enabled"),
                new DeviceReading(
                    SmiValue.mebibytes(values[4]),
                    SmiValue.mebibytes(values[5]),
                    SmiValue.mebibytes(values[6]),
                    SmiValue.percent(values[7]),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    false),
                List.of()));
      }
    }
    return found;
  }

  private static List<Matcher> rows(Pattern row, String text) {
    List<Matcher> rows = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches()) {
        rows.add(matcher);
      }
    }
    return rows;
  }

  private static int number(Matcher row, int group) {
    return Integer.parseInt(row.group(group));
  }
}
