package dev.forebay.lab.bench.scenario;

import java.util.Locale;

/// Something that a round measures.
///
/// @param key names it in a [Sample]
/// @param title for readers
/// @param unit of its values
/// @param digits behind the point
public record Figure(String key, String title, String unit, int digits) {
  static final Figure CPU_REQUEST = new Figure("cpu", "CPU per request", "µs", 2);
  static final Figure CPU_CHUNK = new Figure("cpu", "CPU per chunk", "µs", 2);
  static final Figure REQUESTS = new Figure("rate", "Requests", "per second", 0);
  static final Figure CHUNKS = new Figure("rate", "Chunks", "per second", 0);
  static final Figure BUSY = new Figure("busy", "Busy", "% of its core", 0);

  /// The value without its unit.
  public String text(double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
