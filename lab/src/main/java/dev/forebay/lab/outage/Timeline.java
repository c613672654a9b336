package dev.forebay.lab.outage;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// Counts by second. Safe for many threads.
final class Timeline {
  private final AtomicIntegerArray counts;

  Timeline(int seconds) {
    counts = new AtomicIntegerArray(seconds);
  }

  /// Counts what happened so long after the beginning; what comes after the end counts in its last
  /// second.
  void add(long nanos, int many) {
    int second = (int) Math.clamp(nanos / 1_000_000_000L, 0, counts.length() - 1L);
    counts.addAndGet(second, many);
  }

  int seconds() {
    return counts.length();
  }

  int at(int second) {
    return counts.get(second);
  }

  /// Within the seconds `from` to `to`, the last one left out.
  long between(int from, int to) {
    long sum = 0;
    for (int second = Math.max(0, from); second < Math.min(to, counts.length()); second++) {
      sum += counts.get(second);
    }
    return sum;
  }

  long all() {
    return between(0, counts.length());
  }
}
