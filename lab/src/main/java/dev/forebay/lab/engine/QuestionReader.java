package dev.forebay.lab.engine;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads the fields that four APIs share, under the names each gives them.
final class QuestionReader {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TOOL_WORDS = "call the tool";

  private QuestionReader() {}

  /// What the body asks.
  ///
  /// @param promptField where the prompt must be: `messages`, `prompt` or `input`
  static Question read(JsonNode body, String promptField) throws BadRequest {
    JsonNode prompt = body.path(promptField);
    if (prompt.isMissingNode() || prompt.isNull()) {
      throw BadRequest.invalid("Field required: '" + promptField + "'");
    }
    var text = new StringBuilder();
    appendText(body.path("system"), text);
    appendText(body.path("instructions"), text);
    appendText(prompt, text);
    int choices = body.path("n").asInt(1);
    if (choices < 1) {
      throw BadRequest.invalid("n must be at least 1, got " + choices + ".");
    }
    var maxTokens = maxTokens(body);
    if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
      throw BadRequest.invalid("max_tokens must be at least 1, got " + maxTokens.getAsInt() + ".");
    }
    JsonNode seed = body.path("seed");
    return new Question(
        body.path("model").asString(""),
        text.toString(),
        choices,
        maxTokens,
        seed.isIntegralNumber() ? OptionalLong.of(seed.asLong(0)) : OptionalLong.empty(),
        body.path("stream").asBoolean(false),
        body.path("stream_options").path("include_usage").asBoolean(false),
        body.path("store").asBoolean(promptField.equals("input")),
        body.path("previous_response_id").asString(null),
        tool(body, text),
        told(body.path("lab_tokens")));
  }

  private static Question.@Nullable Told told(JsonNode told) {
    return told.isObject()
        ? new Question.Told(
            Math.max(1, told.path("prompt").asInt(1)), Math.max(1, told.path("output").asInt(1)))
        : null;
  }

  private static OptionalInt maxTokens(JsonNode body) {
    for (String name : new String[] {"max_completion_tokens", "max_tokens", "max_output_tokens"}) {
      JsonNode value = body.path(name);
      if (value.isIntegralNumber()) {
        return OptionalInt.of(value.asInt(0));
      }
    }
    return OptionalInt.empty();
  }

  /// Every string of a prompt except the words of its structure.
  private static void appendText(JsonNode node, StringBuilder text) {
    if (node.isString()) {
      text.append(node.asString()).append('\n');
    } else if (node.isArray()) {
      for (JsonNode element : node) {
        appendText(element, text);
      }
    } else if (node.isNumber()) {
      text.append("tok "); // a prompt given as token ids
    } else if (node.isObject()) {
      text.append(node.path("role").asString("")).append(": ");
      appendText(node.path("text"), text);
      appendText(node.path("content"), text);
      appendText(node.path("tool_calls"), text);
      appendText(node.path("function").path("arguments"), text);
    }
  }

  private static Question.@Nullable Tool tool(JsonNode body, CharSequence text) {
    JsonNode tools = body.path("tools");
    if (tools.isEmpty()) {
      return null;
    }
    JsonNode choice = body.path("tool_choice");
    String kind = choice.isString() ? choice.asString() : choice.path("type").asString("auto");
    String wanted = choice.path("function").path("name").asString(choice.path("name").asString(""));
    boolean asked =
        kind.equals("required")
            || kind.equals("any")
            || !wanted.isEmpty()
            || (!kind.equals("none") && text.toString().contains(TOOL_WORDS));
    if (!asked) {
      return null;
    }
    for (JsonNode tool : tools) {
      JsonNode function = tool.path("function").isObject() ? tool.path("function") : tool;
      String name = function.path("name").asString("");
      if (wanted.isEmpty() || wanted.equals(name)) {
        JsonNode schema =
            function.path("parameters").isObject()
                ? function.path("parameters")
                : function.path("input_schema");
        return new Question.Tool(name, arguments(schema));
      }
    }
    return null;
  }

  private static String arguments(JsonNode schema) {
    ObjectNode arguments = JSON.createObjectNode();
    for (var property : schema.path("properties").properties()) {
      String name = property.getKey();
      JsonNode options = property.getValue().path("enum");
      if (!options.isEmpty()) {
        arguments.set(name, options.get(0));
        continue;
      }
      switch (property.getValue().path("type").asString("string")) {
        case "integer" -> arguments.put(name, 42);
        case "number" -> arguments.put(name, 4.2);
        case "boolean" -> arguments.put(name, true);
        case "array" -> arguments.putArray(name);
        case "object" -> arguments.putObject(name);
        default -> arguments.put(name, "北京 \"" + name + "\" 🌊");
      }
    }
    return arguments.toString();
  }
}
