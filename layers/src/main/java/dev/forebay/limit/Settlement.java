package dev.forebay.limit;

/// What a call came to in the end.
///
/// @param estimated whether the engine did not tell, so that the prompt is an estimate and the
///   output was counted delta by delta
public record Settlement(long promptTokens, long outputTokens, boolean estimated) {
  static final Settlement NOTHING = new Settlement(0, 0, false);

  long tokens() {
    return promptTokens + outputTokens;
  }
}
