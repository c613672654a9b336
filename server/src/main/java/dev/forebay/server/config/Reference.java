package dev.forebay.server.config;

import dev.forebay.limit.LimitSet;
import dev.forebay.server.config.Tree.Mapping;
import dev.forebay.server.config.Tree.Nothing;
import dev.forebay.server.config.Tree.Scalar;
import dev.forebay.server.config.Tree.Sequence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Every key with its default and what it means: the only place where a default stands.
///
/// What the keys of an item of a list are stands in a comment above the list; `...` there means
/// that a key has no default.
///
/// @param text the commented YAML
/// @param tree the same as a tree, without lines
/// @param items defaults of items of lists, by path, like `limits.global.requests[].burst`
record Reference(String text, Tree tree, Map<String, String> items) {
  static final String POOLS = "pools";

  /// Where the keys of every pool stand with their defaults.
  static final String POOL_DEFAULTS = "poolDefaults";

  /// In a map: what every entry has unless it says otherwise.
  static final String EVERY = "*";

  /// Where a set of limits is shown; it can stand in many places.
  private static final String LIMITS = "limits.global";

  private static final String NO_DEFAULT = "...";
  private static final Pattern KEY =
      Pattern.compile(
          "( *)\"?([A-Za-z]+|\\*)\"?:(?: +(?:\"[^\"]*\"|\\[[^]#]*]|[^#\" ]+))?(?: +# (.*))?");
  private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");
  private static final Pattern KEY_OF_ITEM =
      Pattern.compile(" +(?:- )?([A-Za-z]+): +(\\S+) +# (.*)");

  static Reference load() {
    try (InputStream in = Reference.class.getResourceAsStream("reference.yaml")) {
      if (in == null) {
        throw new IllegalStateException("reference.yaml is missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Tree tree = withoutLines(YamlReader.read("reference.yaml", text));
      var items = new LinkedHashMap<String, String>();
      read(text, new LinkedHashMap<>(), items);
      return new Reference(text, tree, items);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tree withoutLines(Tree tree) {
    return switch (tree) {
      case Mapping(var entries, _) -> {
        var copy = new LinkedHashMap<String, Tree>();
        entries.forEach((key, value) -> copy.put(key, withoutLines(value)));
        yield new Mapping(copy, 0);
      }
      case Sequence(var items, _) ->
          new Sequence(items.stream().map(Reference::withoutLines).toList(), 0);
      case Scalar(String text, _) -> new Scalar(text, 0);
      case Nothing _ -> new Nothing(0);
    };
  }

  /// Where the reference shows what a named entry of a map looks like.
  static String entriesOf(String path) {
    return path.equals(POOLS) ? POOL_DEFAULTS : Binder.join(path, EVERY);
  }

  /// Where the reference shows what an item of a list looks like.
  static String itemsOf(String path) {
    return path + "[]";
  }

  /// Where the reference shows a record that stands at a path.
  static String formOf(Class<?> type, String path) {
    return type == LimitSet.class ? LIMITS : path;
  }

  /// What stands at a path, items of lists included, or null if there is no default.
  @Nullable Tree at(String path) {
    String item = items.get(path);
    return item != null ? new Scalar(item, 0) : tree.at(path);
  }

  /// What is said of each key, by path; items of a list are at `path[]`. A key's comment stands
  /// above it or behind it.
  Map<String, String> comments() {
    var comments = new LinkedHashMap<String, String>();
    read(text, comments, new LinkedHashMap<>());
    return comments;
  }

  private static void read(String text, Map<String, String> comments, Map<String, String> items) {
    var path = new ArrayDeque<String>();
    List<String> above = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher key = KEY.matcher(line);
      Matcher comment = COMMENT.matcher(line);
      if (key.matches()) {
        while (path.size() > key.group(1).length() / 2) {
          path.removeLast();
        }
        path.addLast(key.group(2));
        String name = String.join(".", path);
        if (key.group(3) != null) {
          above.add(key.group(3));
        }
        describe(name, above, comments, items);
        above = new ArrayList<>();
      } else if (comment.matches()) {
        above.add(comment.group(1));
      } else {
        above = new ArrayList<>();
      }
    }
  }

  private static void describe(
      String path, List<String> lines, Map<String, String> comments, Map<String, String> items) {
    var said = new ArrayList<String>();
    for (String line : lines) {
      Matcher item = KEY_OF_ITEM.matcher(line);
      if (item.matches()) {
        String key = Binder.join(itemsOf(path), item.group(1));
        comments.put(key, item.group(3));
        if (!item.group(2).equals(NO_DEFAULT)) {
          items.put(key, item.group(2).equals("\"\"") ? "" : item.group(2));
        }
      } else {
        said.add(line);
      }
    }
    if (!said.isEmpty()) {
      comments.put(path, String.join(" ", said));
    }
  }
}
