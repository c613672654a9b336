package dev.forebay.lab.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What one OpenAI-shaped JSON object, a chunk or a whole answer, says: its text, or an error.
///
/// Text is content, refusal, reasoning (`reasoning_content` or `reasoning`), tool name and tool
/// arguments in the order they stand in the bytes; a role alone is none. For one thread.
final class AnswerText {
  private static final JsonFactory JSON = new JsonFactory();

  private final ByteArrayOutputStream text = new ByteArrayOutputStream(256);
  private boolean content;
  private boolean error;

  /// Reads one object, forgetting the one before.
  ///
  /// @return whether it was a JSON object
  boolean read(byte[] bytes, int length) {
    text.reset();
    content = false;
    error = false;
    try (var in = JSON.createParser(ObjectReadContext.empty(), bytes, 0, length)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        switch (in.currentName()) {
          case "error" -> error = in.nextToken() != JsonToken.VALUE_NULL;
          case "choices" -> {
            in.nextToken();
            choices(in);
            continue;
          }
          default -> in.nextToken();
        }
        in.skipChildren();
      }
      return in.currentToken() == JsonToken.END_OBJECT && in.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /// Whether it says anything to the caller.
  boolean content() {
    return content;
  }

  boolean error() {
    return error;
  }

  byte[] text() {
    return text.toByteArray();
  }

  /// At any value within `choices`; the names inside are unlike enough to need no path.
  private void choices(JsonParser in) {
    switch (in.currentToken()) {
      case START_ARRAY -> {
        while (in.nextToken() != JsonToken.END_ARRAY && in.currentToken() != null) {
          choices(in);
        }
      }
      case START_OBJECT -> {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
          var name = in.currentName();
          var value = in.nextToken();
          switch (name) {
            case "content",
                "refusal",
                "reasoning_content",
                "reasoning",
                "text",
                "name",
                "arguments" ->
                say(in, value);
            case "delta", "message", "tool_calls", "function" -> choices(in);
            default -> in.skipChildren();
          }
        }
      }
      default -> in.skipChildren();
    }
  }

  private void say(JsonParser in, JsonToken value) {
    if (value != JsonToken.VALUE_STRING) {
      in.skipChildren();
      return;
    }
    var words = in.getString();
    if (!words.isEmpty()) {
      content = true;
      text.writeBytes(words.getBytes(StandardCharsets.UTF_8));
    }
  }
}
