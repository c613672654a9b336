package dev.forebay.lab.load;

import java.util.List;

/// One call to be made, fixed before the run begins.
///
/// @param atNanos intended start, from the start of the run
/// @param promptTokens length of the prompt, at about four characters a token
/// @param outputTokens sent as `max_tokens`
/// @param stream whether the answer is asked for as server-sent events
/// @param prompt which prompt: calls of one number and length carry the same text
/// @param blocks ids of shared 512-token prefix blocks that the prompt begins with; same id, same
///   text
/// @param patience when the caller hangs up
public record Arrival(
    long atNanos,
    int promptTokens,
    int outputTokens,
    boolean stream,
    long prompt,
    List<Integer> blocks,
    Patience patience) {
  public Arrival {
    blocks = List.copyOf(blocks);
    if (atNanos < 0) {
      throw new IllegalArgumentException("atNanos must be >= 0, was " + atNanos);
    }
    if (promptTokens < 1 || promptTokens > 2_000_000) {
      throw new IllegalArgumentException(
          "promptTokens must be >= 1 and <= 2000000, was " + promptTokens);
    }
    if (outputTokens < 1) {
      throw new IllegalArgumentException("outputTokens must be >= 1, was " + outputTokens);
    }
  }

  /// A call without shared prefix whose caller stays.
  public static Arrival of(
      long atNanos, int promptTokens, int outputTokens, boolean stream, long prompt) {
    return new Arrival(
        atNanos, promptTokens, outputTokens, stream, prompt, List.of(), new Patience.Stays());
  }
}
