package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Slo;

/// How one intent ended.
///
/// @param tries calls that its client made
/// @param firstNanos from the intended start to the first content; `NEVER` if none came
/// @param lastNanos from the intended start to the last content; `NEVER` if none came
/// @param tokens that reached the client
/// @param end why it came to nothing, if it did
/// @param code of the answer to its last call, as `x-forebay-reason` tells it; `ok` if it is one
public record Story(
    Intent intent, int tries, long firstNanos, long lastNanos, int tokens, End end, String code) {
  public static final long NEVER = Long.MAX_VALUE;

  /// The ways in which an intent can end.
  public enum End {
    /// All of the answer came.
    ANSWERED,
    /// The client was refused, and did not try again.
    REFUSED,
    /// The user left before any content came.
    LEFT,
    /// The answer broke off.
    BROKEN
  }

  /// Mean distance of two tokens; 0 if there are fewer than two.
  public long perTokenNanos() {
    return tokens < 2 ? 0 : (lastNanos - firstNanos) / (tokens - 1);
  }

  /// Whether content reached its user.
  public boolean letIn() {
    return tokens > 0;
  }

  /// Whether the whole answer came in time.
  public boolean good(Slo slo) {
    return end == End.ANSWERED
        && slo.metByStream(intent.promptTokens(), firstNanos, perTokenNanos());
  }
}
