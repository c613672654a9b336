package dev.forebay.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tells whether an event has content, so that its stream must not be begun anew once the caller
/// has it. Text, reasoning, refusals, tool calls and audio are content; and so is whatever is not
/// known to be none, because a second try after it could say things twice.
sealed interface FirstContent {
  /// Nothing that a caller would miss: a role, an empty string, usage, a sign of life.
  record Nothing() implements FirstContent {}

  record Content() implements FirstContent {}

  /// The stream says that it has failed.
  record Failed(ErrorBody error) implements FirstContent {}

  /// The model stopped because the engine ran out of room, or the stream ended, before content.
  record Starved() implements FirstContent {}

  static FirstContent of(ServerSentEvent event) {
    String data = event.data().strip();
    if (data.equals("[DONE]")) {
      return new Starved();
    }
    if (data.isEmpty()) {
      return new Nothing();
    }
    if (!(Json.read(data) instanceof Map<?, ?> document)) {
      return event.event().equals("error") ? new Failed(ErrorBody.NONE) : new Content();
    }
    if (event.event().equals("error") || says(document, "error") || isFailure(document)) {
      return new Failed(error(document));
    }
    if (document.get("choices") instanceof List<?> choices) {
      return ofChoices(choices);
    }
    return ofTyped(document);
  }

  /// The error of a document that has or is one, also inside of a failed response.
  private static ErrorBody error(Map<?, ?> document) {
    return ErrorBody.of(document.get("response") instanceof Map<?, ?> inner ? inner : document);
  }

  private static boolean isFailure(Map<?, ?> document) {
    return "error".equals(document.get("type")) || "response.failed".equals(document.get("type"));
  }

  /// Chunks of OpenAI's chat and completions.
  private static FirstContent ofChoices(List<?> choices) {
    FirstContent found = new Nothing();
    for (Object each : choices) {
      if (!(each instanceof Map<?, ?> choice)) {
        return new Content();
      }
      if (says(choice, "text") || hasContent(choice.get("delta"))) {
        return new Content();
      }
      if (starved(choice)) {
        found = new Starved();
      } else if (says(choice, "finish_reason")) {
        // a model may well have nothing to say
        return new Content();
      }
    }
    return found;
  }

  static boolean starved(Map<?, ?> choice) {
    return "insufficient_system_resource".equals(choice.get("finish_reason"))
        || "aborted".equals(choice.get("finish_reason"));
  }

  private static boolean hasContent(@Nullable Object delta) {
    return delta instanceof Map<?, ?> members
        && members.keySet().stream().anyMatch(name -> !"role".equals(name) && says(members, name));
  }

  /// Events of OpenAI's responses and Anthropic's messages.
  private static FirstContent ofTyped(Map<?, ?> document) {
    Object type = document.get("type");
    if (!(type instanceof String name)) {
      return new Content();
    }
    return switch (name) {
      case "ping",
          "keepalive",
          "message_start",
          "response.created",
          "response.queued",
          "response.in_progress",
          "response.content_part.added",
          "response.reasoning_summary_part.added" ->
          new Nothing();
      case "content_block_start" -> ofStarted(document.get("content_block"));
      case "response.output_item.added" -> ofStarted(document.get("item"));
      default -> new Content();
    };
  }

  /// Of a part that has begun: text and thoughts begin empty, a tool call has its name.
  private static FirstContent ofStarted(@Nullable Object part) {
    if (!(part instanceof Map<?, ?> members) || !(members.get("type") instanceof String type)) {
      return new Content();
    }
    return switch (type) {
      case "text", "thinking", "message", "reasoning" ->
          says(members, "text") || says(members, "thinking") ? new Content() : new Nothing();
      default -> new Content();
    };
  }

  private static boolean says(Map<?, ?> members, Object name) {
    Object value = members.get(name);
    return value != null
        && !(value instanceof Json.Null)
        && !value.equals("")
        && !(value instanceof List<?> list && list.isEmpty())
        && !(value instanceof Map<?, ?> map && map.isEmpty());
  }
}
