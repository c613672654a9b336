package dev.forebay.gpu;

import java.util.concurrent.TimeUnit;

/// How long the answers on one engine wait for each of their tokens, lately. While an engine reads
/// a prompt, all of them wait: with too many prompts among them nobody gets its tokens as it
/// should, however much room there is.
///
/// Only what was looked at in time counts. Who is late would take its own pace for the engine's.
///
/// Not thread-safe. O(1) for each growth of an answer.
final class Pace {
  /// How long a token is remembered.
  private static final double MEMORY_NANOS = 1e9;

  /// Tokens that tell a pace.
  private static final double ENOUGH = 16;

  /// No engine reads for so long at a time; it is its caller who does not take the answer.
  private static final long LONGEST_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /// The best pace is forgotten by a hundredth a minute: the engine may have become another one.
  private static final double FORGOTTEN = 0.01 / TimeUnit.MINUTES.toNanos(1);

  private double nanos;
  private double tokens;
  private double best = Double.MAX_VALUE;
  private long at;

  /// What is kept of one answer.
  static final class Answer {
    private long tokens;
    private long at;
  }

  /// An answer has grown.
  ///
  /// @param has tokens that it has now
  /// @param inTimeSince since when answers were looked at in time
  void grew(Answer answer, long has, long inTimeSince, long now) {
    long more = has - answer.tokens;
    if (more <= 0) {
      return;
    }
    long gap = now - answer.at;
    boolean inTime = answer.at - inTimeSince >= 0;
    if (answer.tokens > 0 && inTime && gap <= LONGEST_GAP_NANOS) {
      add(gap, more, now);
    }
    answer.tokens = has;
    answer.at = now;
  }

  private void add(long gap, long more, long now) {
    double kept = kept(now);
    best *= 1 + FORGOTTEN * Math.max(0, now - at);
    at = now;
    nanos = nanos * kept + gap;
    tokens = tokens * kept + more;
    if (tokens >= ENOUGH) {
      best = Math.min(best, nanos / tokens);
    }
  }

  private double kept(long now) {
    return tokens == 0 ? 0 : Math.exp(Math.min(0, at - now) / MEMORY_NANOS);
  }

  /// Whether tokens take longer than they should, so that no other prompt should be read now. Never
  /// of an engine that is slower than that at its best: it can be no better, and is not held to it.
  ///
  /// @param most that a token should take, nanoseconds
  boolean tooSlow(long most, long now) {
    return best <= most && tokens * kept(now) >= 1 && nanos > most * tokens;
  }
}
