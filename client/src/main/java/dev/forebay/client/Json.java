package dev.forebay.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a JSON document into maps, lists, strings, numbers and booleans; only as much JSON as it
/// takes to see an error's code or whether an event has content. Own code, since the client brings
/// no library into its user's program.
final class Json {
  private static final int MOST_NESTED = 64;

  /// Stands for `null`, which maps and lists would rather not hold.
  enum Null {
    NULL
  }

  private final String text;
  private int at;
  private int nested;

  private Json(String text) {
    this.text = text;
  }

  /// The document; null if it is not JSON or nested deeper than 64.
  static @Nullable Object read(String text) {
    var json = new Json(text);
    try {
      Object value = json.value();
      json.space();
      return json.at == text.length() ? value : null;
    } catch (NotJson e) {
      return null;
    }
  }

  private Object value() throws NotJson {
    space();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", Null.NULL);
      default -> number();
    };
  }

  private Map<String, Object> object() throws NotJson {
    enter();
    var members = new LinkedHashMap<String, Object>();
    while (more('}', members.isEmpty())) {
      space();
      String name = string();
      space();
      expect(':');
      members.put(name, value());
    }
    return Collections.unmodifiableMap(members);
  }

  private List<Object> list() throws NotJson {
    enter();
    var items = new ArrayList<Object>();
    while (more(']', items.isEmpty())) {
      items.add(value());
    }
    return Collections.unmodifiableList(items);
  }

  private void enter() throws NotJson {
    at++;
    if (++nested > MOST_NESTED) {
      throw new NotJson();
    }
  }

  /// Whether another item follows, behind its comma; else the end was passed.
  private boolean more(char end, boolean first) throws NotJson {
    space();
    if (peek() == end) {
      at++;
      nested--;
      return false;
    }
    if (!first) {
      expect(',');
    }
    return true;
  }

  private String string() throws NotJson {
    expect('"');
    var out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return out.toString();
      }
      if (c < ' ') {
        throw new NotJson();
      }
      out.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws NotJson {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw new NotJson();
          }
          code = code * 16 + digit;
        }
        yield (char) code;
      }
      default -> throw new NotJson();
    };
  }

  private Double number() throws NotJson {
    int from = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Double.valueOf(text.substring(from, at));
    } catch (NumberFormatException e) {
      throw new NotJson();
    }
  }

  private Object word(String word, Object meaning) throws NotJson {
    if (!text.startsWith(word, at)) {
      throw new NotJson();
    }
    at += word.length();
    return meaning;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void expect(char c) throws NotJson {
    if (next() != c) {
      throw new NotJson();
    }
  }

  private char peek() throws NotJson {
    if (at >= text.length()) {
      throw new NotJson();
    }
    return text.charAt(at);
  }

  private char next() throws NotJson {
    char c = peek();
    at++;
    return c;
  }

  /// Tells `read` to stop; never leaves this class.
  private static final class NotJson extends Exception {
    private static final long serialVersionUID = 1;

    NotJson() {
      super("not JSON", null, false, false);
    }
  }
}
