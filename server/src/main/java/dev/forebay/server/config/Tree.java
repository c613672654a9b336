package dev.forebay.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a YAML file says, and on which line. Values are text: what they mean is known to the record
/// that they are bound to.
sealed interface Tree {

  /// Where it stands, from 1: the line of its key if it has one; 0 in the reference.
  int line();

  record Mapping(Map<String, Tree> entries, int line) implements Tree {}

  record Sequence(List<Tree> items, int line) implements Tree {}

  record Scalar(String text, int line) implements Tree {}

  /// A key without a value.
  record Nothing(int line) implements Tree {}

  /// This, and over it what the other says: mappings are merged, all else is replaced. A key
  /// without a value says nothing about a mapping, so that all below it may be commented out.
  default Tree under(Tree over) {
    if (!(this instanceof Mapping(var below, _))) {
      return over;
    }
    return switch (over) {
      case Nothing(int line) -> new Mapping(below, line);
      case Mapping(var above, int line) -> {
        var merged = new LinkedHashMap<>(below);
        above.forEach((key, value) -> merged.merge(key, value, Tree::under));
        yield new Mapping(merged, line);
      }
      case Sequence _, Scalar _ -> over;
    };
  }

  /// What stands under a path like `retry.attempts`, or null.
  default @Nullable Tree at(String path) {
    if (path.isEmpty()) {
      return this;
    }
    if (!(this instanceof Mapping(var entries, _))) {
      return null;
    }
    // A name may hold dots (gpt-4.1), so every key that fits is tried.
    for (Map.Entry<String, Tree> entry : entries.entrySet()) {
      if (path.equals(entry.getKey())) {
        return entry.getValue();
      }
      if (path.startsWith(entry.getKey() + ".")) {
        Tree found = entry.getValue().at(path.substring(entry.getKey().length() + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
