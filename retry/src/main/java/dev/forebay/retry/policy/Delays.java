package dev.forebay.retry.policy;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The ways in which servers write a time to wait. What is none of them reads as empty; what is
/// longer than a year reads as a year.
final class Delays {
  private static final Duration YEAR = Duration.ofDays(365);
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}(\\.[0-9]{1,9})?");
  private static final Pattern UNITS = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ms|h|m|s)");

  /// The three forms of RFC 9110, 5.6.7.
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.US)
              .withZone(ZoneOffset.UTC),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US)
              .withZone(ZoneOffset.UTC));

  private Delays() {}

  static Optional<Duration> seconds(String value) {
    return number(value, 1e9);
  }

  static Optional<Duration> millis(String value) {
    return number(value, 1e6);
  }

  /// From now until a date; nothing if that has passed.
  static Optional<Duration> until(String value, Instant now) {
    return date(value)
        .map(date -> Duration.between(now, date))
        .map(delay -> delay.isNegative() ? Duration.ZERO : atMostAYear(delay));
  }

  static Optional<Instant> date(String value) {
    for (DateTimeFormatter form : DATES) {
      try {
        return Optional.of(form.parse(value, Instant::from));
      } catch (DateTimeException e) {
        // not in this form
      }
    }
    return Optional.empty();
  }

  /// Numbers with units, as in `6m0s` or `120ms`; without any they are seconds.
  static Optional<Duration> units(String value) {
    if (NUMBER.matcher(value).matches()) {
      return seconds(value);
    }
    Matcher part = UNITS.matcher(value);
    double nanos = 0;
    int at = 0;
    while (at < value.length() && part.find(at) && part.start() == at) {
      nanos += Double.parseDouble(part.group(1)) * nanosOf(part.group(2));
      at = part.end();
    }
    return at == 0 || at < value.length() ? Optional.empty() : Optional.of(nanos(nanos));
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "h" -> 3600e9;
      case "m" -> 60e9;
      case "s" -> 1e9;
      case "ms" -> 1e6;
      default -> throw new IllegalArgumentException("unit must be h, m, s or ms, was " + unit);
    };
  }

  private static Optional<Duration> number(String value, double nanosEach) {
    return NUMBER.matcher(value).matches()
        ? Optional.of(nanos(Double.parseDouble(value) * nanosEach))
        : Optional.empty();
  }

  private static Duration nanos(double nanos) {
    // rounded up: who waits less than told comes too early
    return atMostAYear(Duration.ofNanos((long) Math.ceil(Math.min(nanos, 1e18))));
  }

  private static Duration atMostAYear(Duration delay) {
    return delay.compareTo(YEAR) > 0 ? YEAR : delay;
  }
}
