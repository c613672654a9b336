package dev.forebay.lab.load;

import java.time.Duration;
import java.util.ArrayList;

/// The short forms of times and rates on a command line.
public final class Spans {
  private Spans() {}

  /// A time such as `500ms`, `30s`, `5m` or `1h`; a bare number is seconds.
  public static Duration parse(String name, String text) {
    int unit = text.length();
    while (unit > 0 && Character.isLetter(text.charAt(unit - 1))) {
      unit--;
    }
    long nanos =
        switch (text.substring(unit)) {
          case "ms" -> 1_000_000L;
          case "s", "" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> 0;
        };
    double count = number(text.substring(0, unit));
    if (nanos == 0 || !(count > 0 && count * nanos < 1e18)) {
      throw new IllegalArgumentException(
          name + " must be a time such as 500ms, 30s or 5m, was " + text);
    }
    return Duration.ofNanos((long) (count * nanos));
  }

  /// A rate such as `200`, a ramp `10..500` over `length`, or steps `50:10s,500:30s`.
  static Pace pace(String text, Duration length) {
    int dots = text.indexOf("..");
    if (dots >= 0) {
      return new Pace.Ramp(
          rate(text, text.substring(0, dots)), rate(text, text.substring(dots + 2)), length);
    }
    if (text.indexOf(':') < 0) {
      return new Pace.Flat(rate(text, text));
    }
    var steps = new ArrayList<Pace.Step>();
    for (var step : text.split(",", -1)) {
      int colon = step.indexOf(':');
      if (colon < 0) {
        throw wrongRate(text);
      }
      steps.add(
          new Pace.Step(
              rate(text, step.substring(0, colon)), parse("--rate", step.substring(colon + 1))));
    }
    return new Pace.Steps(steps);
  }

  private static double rate(String whole, String text) {
    double rate = number(text);
    if (!(rate >= 0)) {
      throw wrongRate(whole);
    }
    return rate;
  }

  private static IllegalArgumentException wrongRate(String text) {
    return new IllegalArgumentException(
        "--rate must be as 200, 10..500 or 50:10s,500:30s, was " + text);
  }

  /// NaN where it is none.
  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
