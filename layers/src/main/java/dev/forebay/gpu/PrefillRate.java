package dev.forebay.gpu;

import java.util.Arrays;

/// How fast one replica reads prompts, by the time that its last 50 answers took to begin.
///
/// Not thread-safe.
final class PrefillRate {
  private static final int KEPT = 50;
  private static final int ENOUGH = 20;

  private final double[] ring = new double[KEPT];
  private final double[] sorted = new double[KEPT];
  private int size;
  private int next;
  private double median;

  /// An answer began.
  ///
  /// @param tokens of its own prompt and of those that were ahead of it
  /// @param nanos from when it was sent to its first content
  void began(long tokens, long nanos) {
    ring[next] = tokens / Math.max(1e-6, nanos / 1e9);
    next = (next + 1) % KEPT;
    size = Math.min(size + 1, KEPT);
    System.arraycopy(ring, 0, sorted, 0, size);
    Arrays.sort(sorted, 0, size);
    median = sorted[size / 2];
  }

  /// Whether enough was seen to tell.
  boolean known() {
    return size >= ENOUGH;
  }

  /// Tokens a second.
  double perSecond() {
    return median;
  }
}
