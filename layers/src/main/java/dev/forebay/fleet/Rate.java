package dev.forebay.fleet;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// So many units in so much time, as operators write it: `200/s`, `60/min`, `1000/h`, `500000/d`.
///
/// @param units 1..10^9
/// @param per one second, minute, hour or day
public record Rate(long units, Per per) {
  /// The most units that a rate can have.
  public static final long MOST = 1_000_000_000;

  private static final Pattern RATE = Pattern.compile("(\\d{1,10})/(s|min|h|d)");

  public Rate {
    if (units < 1 || units > MOST) {
      throw new IllegalArgumentException("rate must be 1.." + MOST + " units, was " + units);
    }
  }

  /// The time that a rate names.
  public enum Per {
    SECOND("s", Duration.ofSeconds(1)),
    MINUTE("min", Duration.ofMinutes(1)),
    HOUR("h", Duration.ofHours(1)),
    DAY("d", Duration.ofDays(1));

    private final String unit;
    private final long nanos;

    Per(String unit, Duration length) {
      this.unit = unit;
      this.nanos = length.toNanos();
    }

    public long nanos() {
      return nanos;
    }
  }

  /// Reads a rate.
  ///
  /// @throws IllegalArgumentException if it is written otherwise
  public static Rate parse(String text) {
    Matcher rate = RATE.matcher(text.strip());
    if (!rate.matches()) {
      throw new IllegalArgumentException(
          "must be a rate like 200/s, 60/min, 1000/h or 500000/d, was " + text);
    }
    return new Rate(
        Long.parseLong(rate.group(1)),
        switch (rate.group(2)) {
          case "s" -> Per.SECOND;
          case "min" -> Per.MINUTE;
          case "h" -> Per.HOUR;
          default -> Per.DAY;
        });
  }

  /// Whether this rate allows as much in the long run as the other, or more.
  public boolean atLeast(Rate other) {
    return compare(units, per, other.units, other.per) >= 0;
  }

  /// Compares exactly: both sides stay below 10^9 * 86400.
  private static int compare(long a, Per perA, long b, Per perB) {
    return Long.compare(a * (perB.nanos / Per.SECOND.nanos), b * (perA.nanos / Per.SECOND.nanos));
  }

  /// Units in a day, at most 10^9 * 86400.
  public long perDay() {
    return units * (Per.DAY.nanos / per.nanos);
  }

  @Override
  public String toString() {
    return units + "/" + per.unit;
  }
}
