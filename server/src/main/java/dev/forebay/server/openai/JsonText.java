package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.core.io.JsonStringEncoder;

/// Reads and writes strings of JSON.
public final class JsonText {
  private JsonText() {}

  /// Appends the text as a JSON string.
  public static void quote(StringBuilder json, String text) {
    json.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    json.append('"');
  }

  public static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + "\"";
  }

  /// Decodes what stands between the quotes, as much as there is, however it was cut; what cannot
  /// be decoded is left out.
  ///
  /// @param maxChars the most characters returned
  static String decode(byte[] json, int maxChars) {
    String raw = new String(json, UTF_8);
    StringBuilder text = new StringBuilder(Math.min(raw.length(), maxChars));
    for (int i = 0; i < raw.length() && text.length() < maxChars; i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        append(text, c);
      } else if (++i < raw.length()) {
        switch (raw.charAt(i)) {
          case 'n', 'r', 't', 'b', 'f' -> text.append(' ');
          case 'u' -> {
            append(text, hex(raw, i + 1));
            i += 4;
          }
          default -> append(text, raw.charAt(i));
        }
      }
    }
    if (!text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1))) {
      text.setLength(text.length() - 1);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, char c) {
    if (c != '\ufffd') {
      text.append(c < ' ' ? ' ' : c);
    }
  }

  private static char hex(String raw, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = i < raw.length() ? Character.digit(raw.charAt(i), 16) : -1;
      if (digit < 0) {
        return '\ufffd';
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }
}
