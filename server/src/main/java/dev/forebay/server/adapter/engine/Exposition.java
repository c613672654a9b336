package dev.forebay.server.adapter.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What stands on a page in Prometheus' text format, of the names that somebody wants.
///
/// A line that breaks the format is skipped and counted, and the lines around it stand: real
/// exporters print `ERROR - FAILED TO CONVERT TO STRING` where a number belongs. Some engines
/// answer with the page as one JSON string, which is unpacked. Names are kept without `_total`,
/// which some versions write and others do not.
///
/// Linear in the length of the page; lines of other names are not looked at beyond their name.
///
/// @see "Prometheus, Exposition formats, text format 0.0.4"
public final class Exposition {
  private static final String TOTAL = "_total";
  private static final int LONGEST_NUMBER = 64;

  private final Predicate<String> wanted;
  private final Map<String, List<Sample>> samples = new HashMap<>();
  private int broken;

  private Exposition(Predicate<String> wanted) {
    this.wanted = wanted;
  }

  /// Reads a page.
  ///
  /// @param wanted which names to keep, asked without `_total`
  public static Exposition read(byte[] page, Predicate<String> wanted) {
    Exposition exposition = new Exposition(wanted);
    exposition.lines(unpacked(new String(page, StandardCharsets.UTF_8)));
    return exposition;
  }

  /// What was said of a name, in the order of the page.
  ///
  /// @param name without `_total`
  public List<Sample> of(String name) {
    return samples.getOrDefault(name, List.of());
  }

  /// Lines that were skipped because they break the format.
  public int broken() {
    return broken;
  }

  /// A name without what some versions append to those of counters.
  static String plain(String name) {
    return name.endsWith(TOTAL) ? name.substring(0, name.length() - TOTAL.length()) : name;
  }

  private static String unpacked(String page) {
    if (!page.stripLeading().startsWith("\"")) {
      return page;
    }
    try {
      JsonNode packed = JsonMapper.shared().readTree(page);
      return packed.isString() ? packed.stringValue() : page;
    } catch (JacksonException e) {
      return page;
    }
  }

  private void lines(String page) {
    int from = 0;
    while (from < page.length()) {
      int end = page.indexOf('\n', from);
      int to = end < 0 ? page.length() : end;
      Line line = new Line(page, from, to);
      if (!line.isBlankOrComment() && !line.read()) {
        broken++;
      }
      from = to + 1;
    }
  }

  /// One line, read from left to right.
  private final class Line {
    private final String text;
    private final int end;
    private int at;

    Line(String text, int from, int to) {
      this.text = text;
      int last = to;
      while (last > from && blank(text.charAt(last - 1))) {
        last--;
      }
      this.end = last;
      this.at = from;
      skipBlanks();
    }

    boolean isBlankOrComment() {
      return at == end || text.charAt(at) == '#';
    }

    /// @return whether it keeps to the format, as far as it was looked at
    boolean read() {
      int from = at;
      while (at < end && inName(text.charAt(at), at == from)) {
        at++;
      }
      if (at == from) {
        return false;
      }
      String name = plain(text.substring(from, at));
      if (!wanted.test(name)) {
        return true;
      }
      skipBlanks();
      Map<String, String> labels = Map.of();
      if (at < end && text.charAt(at) == '{') {
        at++;
        labels = labels();
        if (labels == null) {
          return false;
        }
      }
      skipBlanks();
      Double value = number(word());
      if (value == null || !onlyATimeFollows()) {
        return false;
      }
      samples.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Sample(labels, value));
      return true;
    }

    /// What stands between braces, of which the first was read; null if it breaks the format.
    private @Nullable Map<String, String> labels() {
      Map<String, String> labels = new LinkedHashMap<>();
      while (true) {
        skipBlanks();
        if (at < end && text.charAt(at) == '}') {
          at++;
          return labels;
        }
        int from = at;
        while (at < end && inName(text.charAt(at), at == from)) {
          at++;
        }
        String name = text.substring(from, at);
        skipBlanks();
        if (name.isEmpty() || !take('=')) {
          return null;
        }
        skipBlanks();
        String value = take('"') ? quoted() : null;
        if (value == null) {
          return null;
        }
        labels.put(name, value);
        skipBlanks();
        if (!take(',') && (at == end || text.charAt(at) != '}')) {
          return null;
        }
      }
    }

    /// What stands up to the next quote; null if there is none.
    private @Nullable String quoted() {
      StringBuilder value = new StringBuilder();
      while (at < end) {
        char c = text.charAt(at++);
        if (c == '"') {
          return value.toString();
        }
        if (c == '\\' && at < end) {
          char escaped = text.charAt(at++);
          switch (escaped) {
            case 'n' -> value.append('\n');
            case '"', '\\' -> value.append(escaped);
            default -> value.append('\\').append(escaped);
          }
        } else {
          value.append(c);
        }
      }
      return null;
    }

    private String word() {
      int from = at;
      while (at < end && !blank(text.charAt(at))) {
        at++;
      }
      return text.substring(from, at);
    }

    /// A time may follow the value, and an exemplar behind a `#`.
    private boolean onlyATimeFollows() {
      skipBlanks();
      if (at == end || text.charAt(at) == '#') {
        return true;
      }
      if (number(word()) == null) {
        return false;
      }
      skipBlanks();
      return at == end || text.charAt(at) == '#';
    }

    private boolean take(char c) {
      boolean there = at < end && text.charAt(at) == c;
      at += there ? 1 : 0;
      return there;
    }

    private void skipBlanks() {
      while (at < end && blank(text.charAt(at))) {
        at++;
      }
    }
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  private static boolean inName(char c, boolean first) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == ':'
        || (!first && c >= '0' && c <= '9');
  }

  /// A number as Go and Python print it; null if it is none. Java alone would read `1d` and
  /// `0x1p3`.
  static @Nullable Double number(String word) {
    switch (word.toLowerCase(Locale.ROOT)) {
      case "nan" -> {
        return Double.NaN;
      }
      case "inf", "+inf" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-inf" -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {}
    }
    if (word.isEmpty() || word.length() > LONGEST_NUMBER) {
      return null;
    }
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (!(c >= '0' && c <= '9') && "+-.eE".indexOf(c) < 0) {
        return null;
      }
    }
    try {
      return Double.valueOf(word);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
