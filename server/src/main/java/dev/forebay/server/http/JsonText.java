package dev.forebay.server.http;

import tools.jackson.core.io.JsonStringEncoder;

/// Writes strings as JSON.
final class JsonText {
  private JsonText() {}

  /// Appends the text as a JSON string.
  static void quote(StringBuilder json, String text) {
    json.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    json.append('"');
  }

  static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + "\"";
  }
}
