package dev.forebay.server.config;

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

/// Every key with its default and what it means: the only place where a default stands.
///
/// @param text the commented YAML
/// @param tree the same as a tree, without lines
record Reference(String text, Tree tree) {
  static final String POOLS = "pools";

  /// Where the keys of every pool stand with their defaults.
  static final String POOL_DEFAULTS = "poolDefaults";

  private static final Pattern KEY =
      Pattern.compile("( *)([A-Za-z]+):(?: +(?:\"[^\"]*\"|[^#\" ]+))?(?: +# (.*))?");
  private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");
  private static final Pattern KEY_OF_ITEM = Pattern.compile(" +(?:- )?([A-Za-z]+): +\\S+ +# (.*)");

  static Reference load() {
    try (InputStream in = Reference.class.getResourceAsStream("reference.yaml")) {
      if (in == null) {
        throw new IllegalStateException("reference.yaml is missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Tree tree = withoutLines(YamlReader.read("reference.yaml", text));
      return new Reference(text, tree);
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
    return path.equals(POOLS) ? POOL_DEFAULTS : path;
  }

  /// What is said of each key, by path; items of a list are at `path[]`. A key's comment stands
  /// above it or behind it.
  Map<String, String> comments() {
    var comments = new LinkedHashMap<String, String>();
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
        describe(name, above, comments);
        above = new ArrayList<>();
      } else if (comment.matches()) {
        above.add(comment.group(1));
      } else {
        above = new ArrayList<>();
      }
    }
    return comments;
  }

  private static void describe(String path, List<String> lines, Map<String, String> comments) {
    var said = new ArrayList<String>();
    for (String line : lines) {
      Matcher item = KEY_OF_ITEM.matcher(line);
      if (item.matches()) {
        comments.put(path + "[]." + item.group(1), item.group(2));
      } else {
        said.add(line);
      }
    }
    if (!said.isEmpty()) {
      comments.put(path, String.join(" ", said));
    }
  }
}
