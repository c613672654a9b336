package dev.forebay.lab.engine.llama;

/// What a generation hands over: text token by token, then exactly one end.
sealed interface Piece {

  /// The text of one token; empty while a character's bytes are still incomplete.
  record Text(String text) implements Piece {}

  /// The answer is complete.
  ///
  /// @param finishReason `stop` or `length`, as OpenAI names them
  record End(String finishReason, int promptTokens, int completionTokens) implements Piece {}

  /// The engine failed under the answer.
  record Broken(String message) implements Piece {}
}
