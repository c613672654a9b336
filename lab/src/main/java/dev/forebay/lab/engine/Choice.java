package dev.forebay.lab.engine;

import java.util.List;

/// One of the answers to a request, known in full before its first token is due.
sealed interface Choice permits Choice.Text, Choice.ToolCall {

  /// How many tokens it has.
  int tokens();

  Token token(int place);

  /// Why it ends, in OpenAI's words.
  String finishReason();

  /// The same answer, broken off.
  Choice cutShort(int tokens, String reason);

  /// All of its text, or all of its arguments.
  default String text() {
    var text = new StringBuilder();
    for (int i = 0; i < tokens(); i++) {
      text.append(token(i).text());
    }
    return text.toString();
  }

  record Text(long seed, int tokens, String finishReason) implements Choice {
    @Override
    public Token token(int place) {
      return PseudoText.at(seed, place);
    }

    @Override
    public Choice cutShort(int atMost, String reason) {
      return new Text(seed, Math.min(tokens, atMost), reason);
    }
  }

  record ToolCall(String id, String function, List<Token> arguments, String finishReason)
      implements Choice {
    @Override
    public int tokens() {
      return arguments.size();
    }

    @Override
    public Token token(int place) {
      return arguments.get(place);
    }

    @Override
    public Choice cutShort(int atMost, String reason) {
      return new ToolCall(
          id, function, arguments.subList(0, Math.min(arguments.size(), atMost)), reason);
    }
  }
}
