package dev.forebay.server.setting;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as operators write them: `64KiB` and `32MiB` count in 1024, `100MB` in 1000, `512B` in
/// one.
public final class Sizes {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|KB|MB|GB|KiB|MiB|GiB)");

  private Sizes() {}

  /// In bytes.
  public static long parse(String text) {
    Matcher size = SIZE.matcher(text.strip());
    if (!size.matches()) {
      throw new IllegalArgumentException("must be a size like 64KiB, 32MiB or 100MB, was " + text);
    }
    long unit =
        switch (size.group(2)) {
          case "B" -> 1;
          case "KB" -> 1_000;
          case "MB" -> 1_000_000;
          case "GB" -> 1_000_000_000;
          case "KiB" -> 1 << 10;
          case "MiB" -> 1 << 20;
          default -> 1 << 30;
        };
    try {
      return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("must be below 8 EiB, was " + text, e);
    }
  }
}
