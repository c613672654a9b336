package dev.forebay.lab.engine;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// OpenAI's `/v1/chat/completions`, in the shape vLLM gives it.
final class ChatDialect implements Dialect {

  @Override
  public Question read(JsonNode body) throws BadRequest {
    if (!body.path("messages").isArray() || body.path("messages").isEmpty()) {
      throw BadRequest.invalid("Field required: 'messages'");
    }
    return QuestionReader.read(body, "messages");
  }

  @Override
  public String idPrefix() {
    return "chatcmpl-";
  }

  @Override
  public String plain(Answer answer) {
    var json = new StringBuilder(512);
    head(json, answer, "chat.completion").append("\"choices\":[");
    for (int i = 0; i < answer.choices().size(); i++) {
      var choice = answer.choices().get(i);
      json.append(i == 0 ? "" : ",")
          .append("{\"index\":")
          .append(i)
          .append(",\"message\":{\"role\":\"assistant\",\"content\":");
      switch (choice) {
        case Choice.Text text ->
            json.append(JsonText.quote(text.text())).append(",\"tool_calls\":[]");
        case Choice.ToolCall call ->
            json.append("null,\"tool_calls\":[{\"id\":\"")
                .append(call.id())
                .append("\",\"type\":\"function\",\"function\":{\"name\":")
                .append(JsonText.quote(call.function()))
                .append(",\"arguments\":")
                .append(JsonText.quote(call.text()))
                .append("}}]");
      }
      json.append("},\"logprobs\":null,\"finish_reason\":\"")
          .append(choice.finishReason())
          .append("\",\"stop_reason\":null}");
    }
    return usage(json.append("],"), answer).append('}').toString();
  }

  @Override
  public void open(StringBuilder events, Answer answer) {
    for (int i = 0; i < answer.choices().size(); i++) {
      chunk(events, answer, i, "\"role\":\"assistant\",\"content\":\"\"", null);
      if (answer.choices().get(i) instanceof Choice.ToolCall call) {
        var delta =
            "\"tool_calls\":[{\"id\":\"%s\",\"type\":\"function\",\"index\":0,\"function\":{\"name\":%s,\"arguments\":\"\"}}]"
                .formatted(call.id(), JsonText.quote(call.function()));
        chunk(events, answer, i, delta, null);
      }
    }
  }

  @Override
  public void delta(StringBuilder events, Answer answer, int choice, int place) {
    var it = answer.choices().get(choice);
    String json = it.token(place).json();
    switch (it) {
      case Choice.Text _ -> chunk(events, answer, choice, "\"content\":\"" + json + '"', null);
      case Choice.ToolCall _ ->
          chunk(
              events,
              answer,
              choice,
              "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" + json + "\"}}]",
              null);
    }
  }

  @Override
  public void finish(StringBuilder events, Answer answer, int choice) {
    chunk(events, answer, choice, "\"content\":\"\"", answer.choices().get(choice).finishReason());
  }

  @Override
  public void close(StringBuilder events, Answer answer) {
    if (answer.question().includeUsage()) {
      head(events.append("data: "), answer, "chat.completion.chunk").append("\"choices\":[],");
      usage(events, answer).append("}\n\n");
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
      StringBuilder events,
      Answer answer,
      int choice,
      String delta,
      @Nullable String finishReason) {
    head(events.append("data: "), answer, "chat.completion.chunk")
        .append("\"choices\":[{\"index\":")
        .append(choice)
        .append(",\"delta\":{")
        .append(delta)
        .append("},\"logprobs\":null,\"finish_reason\":");
    if (finishReason == null) {
      events.append("null}]}\n\n");
    } else {
      events.append('"').append(finishReason).append("\",\"stop_reason\":null}]}\n\n");
    }
  }

  static StringBuilder head(StringBuilder out, Answer answer, String object) {
    return out.append("{\"id\":\"")
        .append(answer.id())
        .append("\",\"object\":\"")
        .append(object)
        .append("\",\"created\":")
        .append(answer.created())
        .append(",\"model\":\"")
        .append(JsonText.escape(answer.question().model()))
        .append("\",");
  }

  static StringBuilder usage(StringBuilder out, Answer answer) {
    return out.append("\"usage\":{\"prompt_tokens\":")
        .append(answer.promptTokens())
        .append(",\"total_tokens\":")
        .append(answer.totalTokens())
        .append(",\"completion_tokens\":")
        .append(answer.completionTokens())
        .append(",\"prompt_tokens_details\":{\"cached_tokens\":")
        .append(answer.cachedTokens())
        .append("}}");
  }
}
