package dev.forebay.server.setting;

import java.time.Duration;

/// Refuses a setting at the door, with its name and value.
public final class Check {
  /// Longer is a typing error, and far from what a clock of nanoseconds can count.
  private static final Duration LONGEST = Duration.ofDays(365);

  private Check() {}

  public static void between(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be " + least + ".." + most + ", was " + value);
    }
  }

  public static void positive(String name, Duration value) {
    if (!value.isPositive() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be > 0s and at most a year, was " + Spans.print(value));
    }
  }

  public static void notNegative(String name, Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be >= 0s and at most a year, was " + Spans.print(value));
    }
  }
}
