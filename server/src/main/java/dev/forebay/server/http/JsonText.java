package dev.forebay.server.http;

import tools.jackson.core.io.JsonStringEncoder;

/// Writes strings as JSON.
final class JsonText {
  private JsonText() {}

  static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + "\"";
  }
}
