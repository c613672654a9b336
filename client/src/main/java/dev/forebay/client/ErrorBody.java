package dev.forebay.client;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an error says, as OpenAI and Anthropic shape it; all empty if it is shaped otherwise.
record ErrorBody(String code, String type, String message) {
  static final ErrorBody NONE = new ErrorBody("", "", "");

  static ErrorBody read(byte[] body) {
    Object json = Json.read(new String(body, StandardCharsets.UTF_8));
    return json instanceof Map<?, ?> map ? of(map) : NONE;
  }

  /// Of a document that has, or is, an error.
  static ErrorBody of(Map<?, ?> document) {
    Object error = document.get("error");
    if (error instanceof String words) {
      return new ErrorBody("", "", words);
    }
    Map<?, ?> said = error instanceof Map<?, ?> map ? map : document;
    return new ErrorBody(text(said.get("code")), text(said.get("type")), text(said.get("message")));
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }

  @Override
  public String toString() {
    String name = code.isEmpty() ? type : code;
    return name.isEmpty() ? message : message.isEmpty() ? name : name + " (" + message + ")";
  }
}
