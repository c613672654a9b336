package dev.forebay.lab.engine;

import tools.jackson.databind.JsonNode;

/// OpenAI's `/v1/responses`, the part that makes text and calls functions. It has one choice only.
final class ResponsesDialect implements Dialect {

  /// Events before the first delta, so that a delta knows its sequence number.
  private static final int TEXT_OPENING = 4;

  private static final int CALL_OPENING = 3;

  @Override
  public Question read(JsonNode body) throws BadRequest {
    var question = QuestionReader.read(body, "input");
    if (question.choices() != 1) {
      throw BadRequest.invalid("Unknown parameter: 'n'.");
    }
    return question;
  }

  @Override
  public String idPrefix() {
    return "resp_";
  }

  @Override
  public String plain(Answer answer) {
    return response(answer, status(answer), true);
  }

  @Override
  public void open(StringBuilder events, Answer answer) {
    String begun = begun(answer);
    event(events, "response.created", 0).append(",\"response\":").append(begun).append("}\n\n");
    event(events, "response.in_progress", 1).append(",\"response\":").append(begun).append("}\n\n");
    event(events, "response.output_item.added", 2)
        .append(",\"output_index\":0,\"item\":")
        .append(item(answer, "in_progress", false))
        .append("}\n\n");
    if (answer.choices().getFirst() instanceof Choice.Text) {
      place(event(events, "response.content_part.added", 3), answer)
          .append(",\"content_index\":0,\"part\":")
          .append(part(""))
          .append("}\n\n");
    }
  }

  @Override
  public void delta(StringBuilder events, Answer answer, int choice, int place) {
    var it = answer.choices().getFirst();
    switch (it) {
      case Choice.Text _ ->
          place(event(events, "response.output_text.delta", TEXT_OPENING + place), answer)
              .append(",\"content_index\":0,\"logprobs\":[]");
      case Choice.ToolCall _ ->
          place(
              event(events, "response.function_call_arguments.delta", CALL_OPENING + place),
              answer);
    }
    events.append(",\"delta\":\"").append(it.token(place).json()).append("\"}\n\n");
  }

  @Override
  public void finish(StringBuilder events, Answer answer, int choice) {
    var it = answer.choices().getFirst();
    String text = it.text();
    int number = opening(it) + it.tokens();
    switch (it) {
      case Choice.Text _ -> {
        place(event(events, "response.output_text.done", number++), answer)
            .append(",\"content_index\":0,\"logprobs\":[],\"text\":")
            .append(JsonText.quote(text))
            .append("}\n\n");
        place(event(events, "response.content_part.done", number++), answer)
            .append(",\"content_index\":0,\"part\":")
            .append(part(text))
            .append("}\n\n");
      }
      case Choice.ToolCall call ->
          place(event(events, "response.function_call_arguments.done", number++), answer)
              .append(",\"name\":")
              .append(JsonText.quote(call.function()))
              .append(",\"arguments\":")
              .append(JsonText.quote(text))
              .append("}\n\n");
    }
    event(events, "response.output_item.done", number)
        .append(",\"output_index\":0,\"item\":")
        .append(item(answer, status(answer), true))
        .append("}\n\n");
  }

  @Override
  public void close(StringBuilder events, Answer answer) {
    var it = answer.choices().getFirst();
    int number =
        opening(it)
            + it.tokens()
            + switch (it) {
              case Choice.Text _ -> 3;
              case Choice.ToolCall _ -> 2;
            };
    event(events, "response." + status(answer), number)
        .append(",\"response\":")
        .append(plain(answer))
        .append("}\n\n");
  }

  @Override
  public String error(int status, String message) {
    return OpenAiError.json(status, message);
  }

  @Override
  public String errorEvent(int status, String message) {
    return "event: error\ndata: {\"type\":\"error\",\"code\":\"%d\",\"message\":%s,\"param\":null,\"sequence_number\":0}\n\n"
        .formatted(status, JsonText.quote(message));
  }

  /// The response as it is while it is being made.
  String begun(Answer answer) {
    return response(answer, "in_progress", false);
  }

  private static int opening(Choice choice) {
    return switch (choice) {
      case Choice.Text _ -> TEXT_OPENING;
      case Choice.ToolCall _ -> CALL_OPENING;
    };
  }

  /// An answer that met its token limit is incomplete in this API, not just finished.
  private static String status(Answer answer) {
    return switch (answer.choices().getFirst().finishReason()) {
      case "stop", "tool_calls" -> "completed";
      default -> "incomplete";
    };
  }

  private static String response(Answer answer, String status, boolean whole) {
    var json = new StringBuilder(512);
    json.append("{\"id\":\"")
        .append(answer.id())
        .append("\",\"object\":\"response\",\"created_at\":")
        .append(answer.created())
        .append(",\"status\":\"")
        .append(status)
        .append("\",\"model\":")
        .append(JsonText.quote(answer.question().model()))
        .append(",\"output\":[")
        .append(whole ? item(answer, status, true) : "")
        .append(
            "],\"error\":null,\"instructions\":null,\"metadata\":{},\"parallel_tool_calls\":true,\"temperature\":1.0,\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,\"incomplete_details\":");
    json.append(status.equals("incomplete") ? "{\"reason\":\"max_output_tokens\"}" : "null");
    if (whole) {
      json.append(",\"usage\":{\"input_tokens\":")
          .append(answer.promptTokens())
          .append(",\"input_tokens_details\":{\"cached_tokens\":")
          .append(answer.cachedTokens())
          .append("},\"output_tokens\":")
          .append(answer.completionTokens())
          .append(",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":")
          .append(answer.totalTokens())
          .append('}');
    } else {
      json.append(",\"usage\":null");
    }
    return json.append('}').toString();
  }

  private static String item(Answer answer, String status, boolean whole) {
    return switch (answer.choices().getFirst()) {
      case Choice.Text text ->
          "{\"id\":\"%s\",\"type\":\"message\",\"role\":\"assistant\",\"status\":\"%s\",\"content\":[%s]}"
              .formatted(itemId(answer), status, whole ? part(text.text()) : "");
      case Choice.ToolCall call ->
          "{\"id\":\"%s\",\"type\":\"function_call\",\"status\":\"%s\",\"call_id\":\"%s\",\"name\":%s,\"arguments\":%s}"
              .formatted(
                  itemId(answer),
                  status,
                  call.id(),
                  JsonText.quote(call.function()),
                  whole ? JsonText.quote(call.text()) : "\"\"");
    };
  }

  private static String part(String text) {
    return "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":"
        + JsonText.quote(text)
        + '}';
  }

  private static String itemId(Answer answer) {
    return "item_" + answer.id();
  }

  private static StringBuilder place(StringBuilder events, Answer answer) {
    return events.append(",\"item_id\":\"").append(itemId(answer)).append("\",\"output_index\":0");
  }

  private static StringBuilder event(StringBuilder events, String type, int number) {
    return events
        .append("event: ")
        .append(type)
        .append("\ndata: {\"type\":\"")
        .append(type)
        .append("\",\"sequence_number\":")
        .append(number);
  }
}
