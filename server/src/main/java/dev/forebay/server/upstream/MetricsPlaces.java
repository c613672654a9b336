package dev.forebay.server.upstream;

import java.util.List;
import java.util.regex.Pattern;

/// Where engines may show their metrics, as an operator writes it: `auto`, `off`, a path like
/// `/metrics`, or `:8002/metrics` where another port has them.
final class MetricsPlaces {
  static final String AUTO = "auto";
  static final String OFF = "off";

  /// What llama.cpp has instead, where it was started without metrics.
  static final String SLOTS = "/slots";

  private static final List<String> USUAL = List.of("/metrics", "/prometheus/metrics", SLOTS);
  private static final Pattern PLACE = Pattern.compile("(:[0-9]{1,5})?/[!-~]*");

  private MetricsPlaces() {}

  static void check(String name, String metrics) {
    if (!metrics.equals(AUTO) && !metrics.equals(OFF) && !PLACE.matcher(metrics).matches()) {
      throw new IllegalArgumentException(
          name + " must be auto, off, a path like /metrics or :8002/metrics, was " + metrics);
    }
  }

  /// The places to ask, the likeliest first.
  static List<String> of(String metrics) {
    return switch (metrics) {
      case AUTO -> USUAL;
      case OFF -> List.of();
      default -> List.of(metrics);
    };
  }
}
