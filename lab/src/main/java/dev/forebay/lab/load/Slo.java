package dev.forebay.lab.load;

import java.time.Duration;

/// The service level that makes an answer a good one.
///
/// @param firstToken allowed from intended start to first content, whatever the prompt
/// @param firstTokenPerPromptToken and this more for each token of the prompt
/// @param perOutputToken allowed mean distance of two deltas
public record Slo(Duration firstToken, Duration firstTokenPerPromptToken, Duration perOutputToken) {
  /// 2 s + p/4 ms to the first token, 50 ms for each further one.
  public static final Slo DEFAULT =
      new Slo(Duration.ofSeconds(2), Duration.ofNanos(250_000), Duration.ofMillis(50));

  /// Whether a complete stream kept it. A stream of one delta has no distance: hand in 0.
  public boolean metByStream(int promptTokens, long ttftNanos, long tpotNanos) {
    return ttftNanos <= firstTokenNanos(promptTokens) && tpotNanos <= perOutputToken.toNanos();
  }

  /// Whether an answer in one piece kept it: it may take what a stream of that length may.
  boolean metByWhole(int promptTokens, int outputTokens, long latencyNanos) {
    return latencyNanos
        <= firstTokenNanos(promptTokens) + (outputTokens - 1) * perOutputToken.toNanos();
  }

  /// Allowed from intended start to first content.
  public long firstTokenNanos(int promptTokens) {
    return firstToken.toNanos() + promptTokens * firstTokenPerPromptToken.toNanos();
  }
}
