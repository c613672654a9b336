package dev.forebay.server.config;

import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Fills `${NAME}` and `${NAME:default}` from the environment; `$${` stands for `${` itself.
final class Placeholders {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?}|\\$\\{");

  private final UnaryOperator<@Nullable String> environment;

  Placeholders(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  /// @throws IllegalArgumentException naming the variable that is neither set nor has a default
  String fill(String text) {
    return PLACEHOLDER.matcher(text).replaceAll(each -> Matcher.quoteReplacement(value(each)));
  }

  private String value(MatchResult placeholder) {
    if (placeholder.group().equals("$${")) {
      return "${";
    }
    String name = placeholder.group(1);
    if (name == null) {
      throw new IllegalArgumentException(
          "holds ${ that is not ${NAME} or ${NAME:default}; for the characters themselves write $${");
    }
    String value = environment.apply(name);
    String otherwise = placeholder.group(2);
    if (value == null && otherwise == null) {
      throw new IllegalArgumentException(
          "needs the environment variable %s, which is not set; ${%s:default} would give it a default"
              .formatted(name, name));
    }
    return value == null ? otherwise : value;
  }
}
