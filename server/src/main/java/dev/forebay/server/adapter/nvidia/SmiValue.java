package dev.forebay.server.adapter.nvidia;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Values as NVIDIA's tools print them: `40448 MiB`, `0 %`, and in place of any of them `N/A`,
/// `[N/A]`, `[Not Supported]` or nothing, which are unknown.
final class SmiValue {
  private static final Pattern NUMBER = Pattern.compile("([0-9]{1,12})(?:\\.[0-9]+)? *(MiB|%|)");

  private SmiValue() {}

  /// Bytes of a number of MiB.
  static OptionalLong mebibytes(String text) {
    Matcher number = NUMBER.matcher(text.strip());
    return number.matches() && !number.group(2).equals("%")
        ? OptionalLong.of(Long.parseLong(number.group(1)) << 20)
        : OptionalLong.empty();
  }

  /// A share of a number of percent.
  static OptionalDouble percent(String text) {
    Matcher number = NUMBER.matcher(text.strip());
    if (!number.matches() || number.group(2).equals("MiB")) {
      return OptionalDouble.empty();
    }
    double share = Long.parseLong(number.group(1)) / 100.0;
    return share <= 1 ? OptionalDouble.of(share) : OptionalDouble.empty();
  }

  static OptionalLong count(String text) {
    Matcher number = NUMBER.matcher(text.strip());
    return number.matches() && number.group(2).isEmpty()
        ? OptionalLong.of(Long.parseLong(number.group(1)))
        : OptionalLong.empty();
  }

  /// A name; empty where it is not told.
  static String name(String text) {
    String name = text.strip();
    return switch (name) {
      case "N/A", "[N/A]", "[Not Supported]", "Not Supported", "None" -> "";
      default -> name;
    };
  }
}
