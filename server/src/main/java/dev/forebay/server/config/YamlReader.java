package dev.forebay.server.config;

import dev.forebay.server.config.Tree.Mapping;
import dev.forebay.server.config.Tree.Nothing;
import dev.forebay.server.config.Tree.Scalar;
import dev.forebay.server.config.Tree.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLAnchorReplayingFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;

/// Reads one YAML document. Refuses what is ambiguous (a key written twice, a second document) and
/// what is larger than any configuration, anchors and their repetitions included.
final class YamlReader {
  private static final int MOST_VALUES = 50_000;
  private static final int DEEPEST = 32;
  private static final YAMLFactory YAML = new YAMLAnchorReplayingFactory();

  private final String source;
  private final JsonParser parser;
  private int values;

  private YamlReader(String source, JsonParser parser) {
    this.source = source;
    this.parser = parser;
  }

  /// @param source what the text is called in errors
  /// @throws ConfigException if the text cannot be read
  static Tree read(String source, String text) {
    try (JsonParser parser = YAML.createParser(ObjectReadContext.empty(), text)) {
      return new YamlReader(source, parser).document();
    } catch (JacksonException e) {
      String message = e.getOriginalMessage();
      throw refused(
          source, line(e.getLocation()), message == null ? "is not YAML" : plain(message));
    }
  }

  private Tree document() {
    JsonToken first = parser.nextToken();
    Tree tree = first == null ? new Nothing(1) : value(first, line(), 0);
    if (parser.nextToken() != null) {
      throw refused(source, line(), "a second document (---) is not read; keep one");
    }
    return tree;
  }

  private Tree value(@Nullable JsonToken token, int line, int depth) {
    values++;
    if (values > MOST_VALUES || depth > DEEPEST) {
      throw refused(
          source,
          line,
          "more than %d values or %d levels, repetitions by *name included"
              .formatted(MOST_VALUES, DEEPEST));
    }
    return switch (token) {
      case START_OBJECT -> mapping(line, depth);
      case START_ARRAY -> sequence(line, depth);
      case VALUE_NULL -> new Nothing(line);
      case null, default -> new Scalar(parser.getString(), line);
    };
  }

  private Mapping mapping(int line, int depth) {
    var entries = new LinkedHashMap<String, Tree>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      int keyLine = line();
      Tree before = entries.get(key);
      if (before != null) {
        throw refused(source, keyLine, key + " is written twice, first on line " + before.line());
      }
      entries.put(key, value(parser.nextToken(), keyLine, depth + 1));
    }
    return new Mapping(entries, line);
  }

  private Sequence sequence(int line, int depth) {
    var items = new ArrayList<Tree>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(value(token, line(), depth + 1));
    }
    return new Sequence(items, line);
  }

  private int line() {
    return line(parser.currentTokenLocation());
  }

  private static int line(@Nullable TokenStreamLocation location) {
    return location == null ? 1 : Math.max(1, location.getLineNr());
  }

  /// The YAML library quotes the line it stumbled over, which may hold a secret; only what it says
  /// about it is kept.
  private static String plain(String message) {
    var kept = new ArrayList<String>();
    for (String line : message.lines().toList()) {
      if (!line.startsWith(" ") && !line.isBlank()) {
        kept.add(line.strip());
      }
    }
    return String.join("; ", kept);
  }

  private static ConfigException refused(String source, int line, String what) {
    return new ConfigException(source, List.of("line " + line + ": " + what));
  }
}
