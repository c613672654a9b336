package dev.forebay.server.config;

import java.util.List;

/// The configuration cannot be used. The message is for the operator: one line per error, each with
/// the line of the file, the key, the value and what is allowed. It never holds a secret.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ConfigException(String source, List<String> errors) {
    super(message(source, errors));
  }

  private static String message(String source, List<String> errors) {
    String head =
        errors.size() == 1
            ? source + " has an error:"
            : source + " has " + errors.size() + " errors:";
    return head + "\n  " + String.join("\n  ", errors);
  }
}
