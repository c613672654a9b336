package dev.forebay.limit;

/// What is known of a model to whoever limits its use.
///
/// @param limits of all calls of it together
/// @param imageTokens prompt tokens taken for an image, 0..10^6
/// @param audioTokens prompt tokens taken for a piece of audio, 0..10^6
/// @param input price of a million prompt tokens
/// @param output price of a million generated tokens
public record ModelConfig(
    LimitSet limits, long imageTokens, long audioTokens, Money input, Money output) {
  public ModelConfig {
    between("imageTokens", imageTokens);
    between("audioTokens", audioTokens);
    atMost("input", input);
    atMost("output", output);
  }

  private static void between(String name, long tokens) {
    if (tokens < 0 || tokens > 1_000_000) {
      throw new IllegalArgumentException(name + " must be 0..1000000, was " + tokens);
    }
  }

  private static void atMost(String name, Money price) {
    if (price.micros() > 1_000_000_000L) {
      throw new IllegalArgumentException(name + " must be 0..1000, was " + price);
    }
  }

  boolean hasPrice() {
    return !input.isNone() || !output.isNone();
  }
}
