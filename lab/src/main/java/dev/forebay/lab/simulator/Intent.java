package dev.forebay.lab.simulator;

import java.util.List;

/// What one user wants, fixed before a run begins. Its calls are the tries to get it.
///
/// @param atNanos when the user asks, from the start of the run
/// @param priority class 0..3 of the caller
/// @param promptTokens as the engine will count them
/// @param promptChars as the gateway will see them; it has no tokenizer
/// @param outputTokens that the engine will make; nobody knows them before
/// @param maxTokens what the request says; 0 if it sets no bound
/// @param blocks ids of the 512-token blocks that the prompt begins with; same id, same text
public record Intent(
    int number,
    long atNanos,
    String tenant,
    int priority,
    int promptTokens,
    int promptChars,
    int outputTokens,
    int maxTokens,
    List<Integer> blocks) {
  public Intent {
    if (promptTokens < 1 || outputTokens < 1) {
      throw new IllegalArgumentException(
          "promptTokens and outputTokens must be >= 1, were %d, %d"
              .formatted(promptTokens, outputTokens));
    }
    blocks = List.copyOf(blocks);
  }
}
