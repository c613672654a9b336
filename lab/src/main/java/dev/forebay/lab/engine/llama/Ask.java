package dev.forebay.lab.engine.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// What a request body asks of the engine; everything else in it is ignored, as a model without a
/// chat template and without tools has to.
///
/// @param prompt the text to continue
/// @param maxTokens tokens to generate at most; empty: until the story ends or the context is full
/// @param temperature 0 is greedy, and so repeatable
/// @param ignoreEnd goes on past the end of the story, so that a length can be ordered
record Ask(
    String prompt,
    OptionalInt maxTokens,
    float temperature,
    float topP,
    OptionalInt seed,
    List<String> stop,
    boolean ignoreEnd,
    boolean stream,
    boolean usageInStream) {

  Ask {
    stop = List.copyOf(stop);
  }

  /// A body of `/v1/chat/completions`: the last user message is the prompt.
  static Ask chat(JsonNode body) throws BadRequest {
    JsonNode messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      throw BadRequest.invalid("messages", "'messages' must be a non-empty array.");
    }
    String prompt = null;
    for (JsonNode message : messages) {
      if (message.path("role").asString("").equals("user")) {
        prompt = text(message.path("content"));
      }
    }
    if (prompt == null) {
      throw BadRequest.invalid(
          "messages", "this engine continues the last user message; there is none.");
    }
    return of(body, prompt);
  }

  /// A body of `/v1/completions`.
  static Ask completion(JsonNode body) throws BadRequest {
    JsonNode prompt = body.path("prompt");
    if (prompt.isArray() && prompt.size() == 1) {
      prompt = prompt.get(0);
    }
    if (!prompt.isString()) {
      throw BadRequest.invalid("prompt", "'prompt' must be one string.");
    }
    return of(body, prompt.asString());
  }

  private static Ask of(JsonNode body, String prompt) throws BadRequest {
    if (prompt.isEmpty()) {
      throw BadRequest.invalid("prompt", "the prompt is empty.");
    }
    if (body.path("n").asInt(1) != 1) {
      throw BadRequest.invalid("n", "this engine gives one answer a request ('n' must be 1).");
    }
    return new Ask(
        prompt,
        maxTokens(body),
        (float) body.path("temperature").asDouble(1),
        (float) body.path("top_p").asDouble(1),
        seed(body),
        stop(body.path("stop")),
        body.path("ignore_eos").asBoolean(false),
        body.path("stream").asBoolean(false),
        body.path("stream_options").path("include_usage").asBoolean(false));
  }

  private static OptionalInt maxTokens(JsonNode body) throws BadRequest {
    String name =
        body.path("max_completion_tokens").isNumber() ? "max_completion_tokens" : "max_tokens";
    JsonNode limit = body.path(name);
    if (limit.isMissingNode() || limit.isNull()) {
      return OptionalInt.empty();
    }
    if (!limit.canConvertToInt() || limit.asInt() < 1) {
      throw BadRequest.invalid(name, "'" + name + "' must be an integer >= 1, was " + limit + ".");
    }
    return OptionalInt.of(limit.asInt());
  }

  private static OptionalInt seed(JsonNode body) {
    JsonNode seed = body.path("seed");
    return seed.canConvertToInt() ? OptionalInt.of(seed.asInt()) : OptionalInt.empty();
  }

  private static List<String> stop(JsonNode stop) {
    List<String> words = new ArrayList<>();
    if (stop.isString()) {
      words.add(stop.asString());
    } else {
      stop.forEach(word -> words.add(word.asString()));
    }
    return words;
  }

  // Content is a string, or parts of which the text counts.
  private static String text(JsonNode content) {
    if (content.isString()) {
      return content.asString();
    }
    StringBuilder text = new StringBuilder();
    content.forEach(part -> text.append(part.path("text").asString("")));
    return text.toString();
  }
}
