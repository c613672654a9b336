package dev.forebay.server.command;

import dev.forebay.server.setting.Address;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The command line that production starts with, read by hand: `serve`, with `--config FILE` and
/// `--listen ADDR` or without.
///
/// Loading the command-line library takes as long as a third of the whole start, so it is left to
/// every other line.
///
/// @param config the file that was named
/// @param listen where callers connect, in place of the configuration's
record ServeLine(@Nullable Path config, @Nullable Address listen) {

  /// Reads the arguments; null if they are anything else, errors included.
  static @Nullable ServeLine of(String... arguments) {
    if (arguments.length % 2 == 0 || !arguments[0].equals("serve")) {
      return null;
    }
    Path config = null;
    Address listen = null;
    for (int i = 1; i < arguments.length; i += 2) {
      String value = arguments[i + 1];
      if (!plain(value)) {
        return null;
      }
      switch (arguments[i]) {
        case "-c", "--config" -> {
          if (config != null) {
            return null;
          }
          config = Path.of(value);
        }
        case "-l", "--listen" -> {
          if (listen != null) {
            return null;
          }
          try {
            listen = Address.parse(value);
          } catch (IllegalArgumentException e) {
            return null;
          }
        }
        default -> {
          return null;
        }
      }
    }
    return new ServeLine(config, listen);
  }

  /// No option, no `@file` of further arguments, nothing in quotes.
  private static boolean plain(String value) {
    return !value.isBlank() && "-@\"'".indexOf(value.charAt(0)) < 0;
  }
}
