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
    @Nullable Tool tool) {

  private static final int CHARS_PER_TOKEN = 4;

  /// A function a model may call.
  ///
  /// @param arguments JSON of the arguments it will be called with
  record Tool(String name, String arguments) {}

  int promptTokens() {
    return Math.max(1, Math.ceilDiv(prompt.length(), CHARS_PER_TOKEN));
  }

  /// Equal questions have equal seeds, also when one is streamed and the other is not.
  long contentSeed() {
    long hash = PseudoText.hash(prompt) ^ PseudoText.hash(model);
    return seed.isPresent() ? hash ^ PseudoText.mix(seed.getAsLong()) : hash;
  }
}
