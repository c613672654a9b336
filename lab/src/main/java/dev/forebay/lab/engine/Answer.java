package dev.forebay.lab.engine;

import java.util.ArrayList;
import java.util.List;

/// The whole answer to a question, decided when the question arrives and then only paid out.
///
/// @param created seconds since 1970
/// @param cachedTokens of the prompt found in the prefix cache
record Answer(Question question, String id, long created, int cachedTokens, List<Choice> choices) {

  private static final int ARGUMENT_FRAGMENT = 5;

  static Answer to(Question question, String id, long created, int cached, OutputLengths lengths) {
    var choices = new ArrayList<Choice>(question.choices());
    for (int i = 0; i < question.choices(); i++) {
      choices.add(choice(question, question.contentSeed() + PseudoText.mix(i), lengths));
    }
    return new Answer(question, id, created, cached, choices);
  }

  Answer cutShort(int tokens, String reason) {
    return new Answer(
        question,
        id,
        created,
        cachedTokens,
        choices.stream().map(choice -> choice.cutShort(tokens, reason)).toList());
  }

  /// The same if no choice is longer than that, otherwise with the long ones cut.
  Answer within(int tokens) {
    return choices.stream().allMatch(choice -> choice.tokens() <= tokens)
        ? this
        : new Answer(
            question,
            id,
            created,
            cachedTokens,
            choices.stream()
                .map(choice ->
                    choice.tokens() <= tokens ? choice : choice.cutShort(tokens, "length"))
                .toList());
  }

  int promptTokens() {
    return question.promptTokens();
  }

  int completionTokens() {
    return choices.stream().mapToInt(Choice::tokens).sum();
  }

  int totalTokens() {
    return promptTokens() + completionTokens();
  }

  private static Choice choice(Question question, long seed, OutputLengths lengths) {
    var tool = question.tool();
    if (tool != null) {
      return new Choice.ToolCall(
          "call_" + Long.toHexString(seed), tool.name(), fragments(tool.arguments()), "tool_calls");
    }
    var max = question.maxTokens();
    var told = question.told();
    if (told != null) {
      int bound = max.orElse(Integer.MAX_VALUE);
      return told.outputTokens() < bound
          ? new Choice.Text(seed, told.outputTokens(), "stop")
          : new Choice.Text(seed, bound, "length");
    }
    return max.isPresent()
        ? new Choice.Text(seed, max.getAsInt(), "length")
        : new Choice.Text(seed, lengths.sample(seed), "stop");
  }

  /// Cuts between code points only: half an emoji is no text.
  private static List<Token> fragments(String json) {
    var fragments = new ArrayList<Token>();
    for (int from = 0; from < json.length(); ) {
      int left = json.codePointCount(from, json.length());
      int to = json.offsetByCodePoints(from, Math.min(ARGUMENT_FRAGMENT, left));
      fragments.add(Token.of(json.substring(from, to)));
      from = to;
    }
    return fragments;
  }
}
