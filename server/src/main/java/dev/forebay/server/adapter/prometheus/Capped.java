package dev.forebay.server.adapter.prometheus;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Meters by the value of a label, of which there are at most a thousand; all further values share
/// those of `other`, so that no name that somebody makes up can fill the memory of whoever scrapes.
///
/// Safe for many threads at once; a known value costs one look-up and allocates nothing.
final class Capped<T> {
  static final int MOST = 1_000;

  private final ConcurrentHashMap<String, T> byValue = new ConcurrentHashMap<>();
  private final Function<String, T> make;
  private final T other;

  /// @param make makes the meters of a value; asked twice for one value, it may make them twice
  Capped(Function<String, T> make) {
    this.make = make;
    this.other = make.apply("other");
  }

  /// @param admit whether a value that is not known yet may have meters of its own
  T of(String value, boolean admit) {
    T known = byValue.get(value);
    if (known != null) {
      return known;
    }
    // Two threads may both find the last place free; a few more than the most do no harm.
    return admit && byValue.mappingCount() < MOST ? byValue.computeIfAbsent(value, make) : other;
  }
}
