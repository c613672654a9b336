package dev.forebay.gpu;

import java.util.concurrent.TimeUnit;

/// How long answers of one replica take to begin: a time that each takes, and a time for each token
/// of prompt that must be read before it, fitted to the last 64 answers by least squares.
///
/// Where tokens do not explain the times, as with providers far away or engines that hang now and
/// then, tokens are taken to cost nothing: a slope found in noise would hold calls back for
/// nothing.
///
/// Not thread-safe. O(64) for each answer.
final class PrefillModel {
  private static final int KEPT = 64;
  private static final int ENOUGH = 20;

  /// The share of the variance that tokens must explain.
  private static final double EXPLAINED = 0.25;

  private static final long WHOLE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final double[] tokens = new double[KEPT];
  private final double[] nanos = new double[KEPT];
  private int size;
  private int next;
  private double fixed;
  private double perToken;
  private boolean anyUntold;
  private long readBy;
  private boolean anyWhole;
  private long wholeAt;

  /// An answer began. One whose prompt was read before says nothing of how long prompts take,
  /// unless it took as long as a whole one would, or no whole one came for a minute.
  ///
  /// @param prompts tokens of its own prompt and of those that were ahead of it
  /// @param after nanoseconds from when it was sent to its first content
  /// @param read whether the engine may have most of its prompt in its cache
  void began(long prompts, long after, boolean read, long now) {
    if (!read) {
      anyWhole = true;
      wholeAt = now;
    } else if (anyWhole && now - wholeAt < WHOLE_NANOS && after <= after((double) prompts)) {
      return;
    }
    tokens[next] = (double) prompts;
    nanos[next] = (double) after;
    next = (next + 1) % KEPT;
    size = Math.min(size + 1, KEPT);
    fit();
  }

  private void fit() {
    double meanTokens = 0;
    double meanNanos = 0;
    for (int i = 0; i < size; i++) {
      meanTokens += tokens[i] / size;
      meanNanos += nanos[i] / size;
    }
    double both = 0;
    double ofTokens = 0;
    double ofNanos = 0;
    for (int i = 0; i < size; i++) {
      double x = tokens[i] - meanTokens;
      double y = nanos[i] - meanNanos;
      both += x * y;
      ofTokens += x * x;
      ofNanos += y * y;
    }
    // r² = cov² / (var × var)
    boolean explains = both > 0 && both * both > EXPLAINED * ofTokens * ofNanos;
    perToken = explains ? both / ofTokens : 0;
    fixed = Math.max(0, meanNanos - perToken * meanTokens);
  }

  /// A prompt was sent of which nobody is told when it was read, as its answer comes as a whole.
  void sentUntold(long prompt, long now) {
    if (known()) {
      long from = anyUntold && readBy - now > 0 ? readBy : now;
      readBy = from + (long) (prompt * perToken);
      anyUntold = true;
    }
  }

  /// Tokens of such prompts that are likely to be still unread.
  long untold(long now) {
    return anyUntold && perToken > 0 && readBy - now > 0 ? (long) ((readBy - now) / perToken) : 0;
  }

  /// Whether enough was seen to tell.
  boolean known() {
    return size >= ENOUGH;
  }

  /// Nanoseconds for each token of prompt.
  double perToken() {
    return perToken;
  }

  /// Nanoseconds until an answer begins before which so many tokens must be read.
  double after(double prompts) {
    return fixed + perToken * prompts;
  }
}
