package dev.forebay.server.adapter.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// Where one figure of an engine stands.
///
/// @param names of several versions; the first that has a value counts
/// @param where labels that a series must have
/// @param label whose value is the number; that of the series if null
/// @param across what becomes of several series
record FigureNames(
    List<String> names,
    @Nullable Map<String, String> where,
    @Nullable String label,
    Across across) {

  enum Across {
    @JsonProperty("sum")
    SUM,
    @JsonProperty("max")
    MAX
  }

  FigureNames {
    names = names.stream().map(Exposition::plain).toList();
  }

  /// Its value; empty if the page says nothing of it, or nothing that is a number.
  OptionalDouble in(Exposition page) {
    for (String name : names) {
      DoubleStream values =
          page.of(name).stream()
              .filter(sample -> isHere(sample.labels()))
              .mapToDouble(this::value)
              .filter(value -> value >= 0 && value <= Double.MAX_VALUE);
      double[] known = values.toArray();
      if (known.length > 0) {
        return OptionalDouble.of(
            switch (across) {
              case SUM -> DoubleStream.of(known).sum();
              case MAX -> DoubleStream.of(known).max().orElseThrow();
            });
      }
    }
    return OptionalDouble.empty();
  }

  private boolean isHere(Map<String, String> labels) {
    return where == null || labels.entrySet().containsAll(where.entrySet());
  }

  private double value(Sample sample) {
    if (label == null) {
      return sample.value();
    }
    Double number = Exposition.number(sample.labels().getOrDefault(label, ""));
    return number == null ? Double.NaN : number;
  }
}
