package dev.forebay.lab.engine;

import tools.jackson.databind.JsonNode;

/// Anthropic's `/v1/messages`. It has one choice only.
final class MessagesDialect implements Dialect {

  @Override
  public Question read(JsonNode body) throws BadRequest {
    if (!body.path("max_tokens").isIntegralNumber()) {
      throw BadRequest.invalid("max_tokens: Field required");
    }
    var question = QuestionReader.read(body, "messages");
    if (question.choices() != 1) {
      throw BadRequest.invalid("n: Extra inputs are not permitted");
    }
    return question;
  }

  @Override
  public String idPrefix() {
    return "msg_";
  }

  @Override
  public String plain(Answer answer) {
    var choice = answer.choices().getFirst();
    var json = new StringBuilder(512);
    head(json, answer).append("\"content\":[");
    switch (choice) {
      case Choice.Text text ->
          json.append("{\"type\":\"text\",\"text\":")
              .append(JsonText.quote(text.text()))
              .append('}');
      case Choice.ToolCall call -> toolUse(json, call, call.text());
    }
    return json.append("],\"stop_reason\":\"")
        .append(stopReason(choice))
        .append("\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":")
        .append(answer.promptTokens())
        .append(",\"cache_read_input_tokens\":")
        .append(answer.cachedTokens())
        .append(",\"output_tokens\":")
        .append(choice.tokens())
        .append("}}")
        .toString();
  }

  @Override
  public void open(StringBuilder events, Answer answer) {
    event(events, "message_start").append(",\"message\":");
    head(events, answer)
        .append(
            "\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":")
        .append(answer.promptTokens())
        .append(",\"output_tokens\":1}}}\n\n");
    event(events, "content_block_start").append(",\"index\":0,\"content_block\":");
    switch (answer.choices().getFirst()) {
      case Choice.Text _ -> events.append("{\"type\":\"text\",\"text\":\"\"}");
      case Choice.ToolCall call -> toolUse(events, call, "{}");
    }
    events.append("}\n\n");
    event(events, "ping").append("}\n\n");
  }

  @Override
  public void delta(StringBuilder events, Answer answer, int choice, int place) {
    var it = answer.choices().getFirst();
    event(events, "content_block_delta").append(",\"index\":0,\"delta\":{\"type\":");
    switch (it) {
      case Choice.Text _ -> events.append("\"text_delta\",\"text\":\"");
      case Choice.ToolCall _ -> events.append("\"input_json_delta\",\"partial_json\":\"");
    }
    events.append(it.token(place).json()).append("\"}}\n\n");
  }

  @Override
  public void finish(StringBuilder events, Answer answer, int choice) {
    event(events, "content_block_stop").append(",\"index\":0}\n\n");
  }

  @Override
  public void close(StringBuilder events, Answer answer) {
    var choice = answer.choices().getFirst();
    event(events, "message_delta")
        .append(",\"delta\":{\"stop_reason\":\"")
        .append(stopReason(choice))
        .append("\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":")
        .append(choice.tokens())
        .append("}}\n\n");
    event(events, "message_stop").append("}\n\n");
  }

  @Override
  public String error(int status, String message) {
    String type =
        switch (status) {
          case 400, 422 -> "invalid_request_error";
          case 401 -> "authentication_error";
          case 402 -> "billing_error";
          case 404 -> "not_found_error";
          case 429 -> "rate_limit_error";
          case 529 -> "overloaded_error";
          default -> "api_error";
        };
    return "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":%s},\"request_id\":null}"
        .formatted(type, JsonText.quote(message));
  }

  @Override
  public String errorEvent(int status, String message) {
    return "event: error\ndata: " + error(status, message) + "\n\n";
  }

  private static StringBuilder head(StringBuilder out, Answer answer) {
    return out.append("{\"id\":\"")
        .append(answer.id())
        .append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":")
        .append(JsonText.quote(answer.question().model()))
        .append(',');
  }

  private static void toolUse(StringBuilder out, Choice.ToolCall call, String input) {
    out.append("{\"type\":\"tool_use\",\"id\":\"")
        .append(call.id())
        .append("\",\"name\":")
        .append(JsonText.quote(call.function()))
        .append(",\"input\":")
        .append(input)
        .append('}');
  }

  private static StringBuilder event(StringBuilder events, String type) {
    return events
        .append("event: ")
        .append(type)
        .append("\ndata: {\"type\":\"")
        .append(type)
        .append('"');
  }

  private static String stopReason(Choice choice) {
    return switch (choice.finishReason()) {
      case "stop" -> "end_turn";
      case "length" -> "max_tokens";
      case "tool_calls" -> "tool_use";
      default -> choice.finishReason();
    };
  }
}
