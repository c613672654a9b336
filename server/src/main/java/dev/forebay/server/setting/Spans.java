package dev.forebay.server.setting;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Spans of time as operators write them: `250ms`, `20s`, `10m`, `1h`, `7d`.
public final class Spans {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  private Spans() {}

  public static Duration parse(String text) {
    Matcher span = SPAN.matcher(text.strip());
    if (!span.matches()) {
      throw new IllegalArgumentException("must be a time like 250ms, 20s, 10m or 1h, was " + text);
    }
    long amount = Long.parseLong(span.group(1));
    return switch (span.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /// The shortest form that says the same, to the millisecond.
  public static String print(Duration span) {
    long millis = span.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds != 0 && seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
