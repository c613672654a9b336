package dev.forebay.lab.engine;

import tools.jackson.databind.JsonNode;

/// One of the APIs an answer can be told in. Each method but the first appends bytes that are ready
/// for the wire.
sealed interface Dialect
    permits ChatDialect, CompletionsDialect, EmbeddingsDialect, MessagesDialect, ResponsesDialect {

  Question read(JsonNode body) throws BadRequest;

  /// Starts an answer's id.
  String idPrefix();

  /// The whole answer as one JSON document.
  String plain(Answer answer);

  /// Events before the first token of all.
  void open(StringBuilder events, Answer answer);

  /// The event of one token.
  void delta(StringBuilder events, Answer answer, int choice, int place);

  /// Events after a choice's last token.
  void finish(StringBuilder events, Answer answer, int choice);

  /// Events after the last token of all.
  void close(StringBuilder events, Answer answer);

  /// An error's body.
  String error(int status, String message);

  /// An error within a stream that has begun.
  String errorEvent(int status, String message);
}
