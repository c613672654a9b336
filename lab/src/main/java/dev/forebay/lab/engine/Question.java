package dev.forebay.lab.engine;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What a request asks for, whichever API it came by.
///
/// @param prompt all of its text, from which tokens are counted and the answer is seeded
/// @param maxTokens of each choice
/// @param stored whether the answer is to be kept
/// @param previous the id of the stored answer that this one goes on from, if it names one
/// @param tool the function that has to be called, if one has
/// @param told lengths that the request tells in `lab_tokens`, if it does
record Question(
    String model,
    String prompt,
    int choices,
    OptionalInt maxTokens,
    OptionalLong seed,
    boolean stream,
    boolean includeUsage,
    boolean stored,
    @Nullable String previous,
    @Nullable Tool tool,
    @Nullable Told told) {

  private static final int CHARS_PER_TOKEN = 4;

  /// A function a model may call.
  ///
  /// @param arguments JSON of the arguments it will be called with
  record Tool(String name, String arguments) {}

  /// How long prompt and answer are, whatever their texts: what a load that was recorded or
  /// simulated needs, as neither the lengths nor a tokenizer's counts follow from made-up text.
  ///
  /// @param promptTokens as the engine counts them
  /// @param outputTokens of an answer that no bound cuts short
  record Told(int promptTokens, int outputTokens) {}

  int promptTokens() {
    if (told != null) {
      return told.promptTokens;
    }
    return Math.max(1, Math.ceilDiv(prompt.length(), CHARS_PER_TOKEN));
  }

  /// Equal questions have equal seeds, also when one is streamed and the other is not.
  long contentSeed() {
    long hash = PseudoText.hash(prompt) ^ PseudoText.hash(model);
    return seed.isPresent() ? hash ^ PseudoText.mix(seed.getAsLong()) : hash;
  }
}
