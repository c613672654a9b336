package dev.forebay.lab.engine;

import tools.jackson.databind.JsonNode;

/// OpenAI's older `/v1/completions`, in the shape vLLM gives it.
final class CompletionsDialect implements Dialect {

  @Override
  public Question read(JsonNode body) throws BadRequest {
    return QuestionReader.read(body, "prompt");
  }

  @Override
  public String idPrefix() {
    return "cmpl-";
  }

  @Override
  public String plain(Answer answer) {
    var json = new StringBuilder(512);
    ChatDialect.head(json, answer, "text_completion").append("\"choices\":[");
    for (int i = 0; i < answer.choices().size(); i++) {
      var choice = answer.choices().get(i);
      json.append(i == 0 ? "" : ",");
      choice(json, i, JsonText.escape(choice.text()), '"' + choice.finishReason() + '"');
    }
    return ChatDialect.usage(json.append("],"), answer).append('}').toString();
  }

  @Override
  public void open(StringBuilder events, Answer answer) {}

  @Override
  public void delta(StringBuilder events, Answer answer, int choice, int place) {
    chunk(events, answer, choice, answer.choices().get(choice).token(place).json(), "null");
  }

  @Override
  public void finish(StringBuilder events, Answer answer, int choice) {
    String reason = answer.choices().get(choice).finishReason();
    chunk(events, answer, choice, "", '"' + reason + '"');
  }

  @Override
  public void close(StringBuilder events, Answer answer) {
    if (answer.question().includeUsage()) {
      ChatDialect.head(events.append("data: "), answer, "text_completion")
          .append("\"choices\":[],");
      ChatDialect.usage(events, answer).append("}\n\n");
    }
    events.append("data: [DONE]\n\n");
  }

  @Override
  public String error(int status, String message) {
    return OpenAiError.json(status, message);
  }

  @Override
  public String errorEvent(int status, String message) {
    return OpenAiError.event(status, message);
  }

  private static void chunk(
      StringBuilder events, Answer answer, int index, String text, String finishReason) {
    ChatDialect.head(events.append("data: "), answer, "text_completion").append("\"choices\":[");
    choice(events, index, text, finishReason);
    events.append("]}\n\n");
  }

  private static void choice(StringBuilder out, int index, String text, String finishReason) {
    out.append("{\"index\":")
        .append(index)
        .append(",\"text\":\"")
        .append(text)
        .append("\",\"logprobs\":null,\"finish_reason\":")
        .append(finishReason)
        .append(",\"stop_reason\":null}");
  }
}
