package dev.forebay.lab.bench.scenario;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.ObjectMapper;

/// What one round measured of one proxy. It crosses from the load's process as a line of JSON.
///
/// @param figures by [Figure#key]
/// @param done answers or chunks that came through
/// @param failed answers refused, connections lost, streams broken
/// @param lateMillis the 99th percentile of how late load or upstream were
public record Sample(Map<String, Double> figures, long done, long failed, double lateMillis) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double LATEST_MILLIS = 5;

  public Sample {
    figures = Map.copyOf(figures);
  }

  /// The value of a figure that the scenario has.
  public double of(Figure figure) {
    Double value = figures.get(figure.key());
    if (value == null) {
      throw new IllegalArgumentException("no figure " + figure.key() + " in " + figures);
    }
    return value;
  }

  public Sample with(Figure figure, double value) {
    var more = new TreeMap<>(figures);
    more.put(figure.key(), value);
    return new Sample(more, done, failed, lateMillis);
  }

  /// The same, at least so late.
  public Sample late(double millis) {
    return new Sample(figures, done, failed, Math.max(lateMillis, millis));
  }

  /// Why the round says nothing about the proxy, if it does not.
  public Optional<String> voidReason() {
    return lateMillis < LATEST_MILLIS
        ? Optional.empty()
        : Optional.of("load or upstream were late: p99 %.1f ms".formatted(lateMillis));
  }

  /// Whether every answer came, and any did.
  public boolean clean() {
    return failed == 0 && done > 0;
  }

  public String line() {
    return JSON.writeValueAsString(this);
  }

  public static Sample parse(String line) {
    return JSON.readValue(line, Sample.class);
  }
}
