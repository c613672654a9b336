package dev.forebay.lab.demo;

import java.time.Duration;

/// When a replica dies and comes back, again and again, each time another one.
///
/// @param period from one accident to the next
/// @param dies after the beginning of each period
/// @param returns after the beginning of each period
record Accident(Duration period, Duration dies, Duration returns) {
  private static final Duration LONGEST = Duration.ofSeconds(40);

  /// One accident in a short run, one every 40 s in a long one.
  static Accident within(Duration run) {
    Duration period = run.compareTo(LONGEST) < 0 ? run : LONGEST;
    return new Accident(period, period.dividedBy(5), period.dividedBy(2));
  }

  /// The replica that is dead at this moment, or -1.
  int victim(Duration elapsed, int replicas) {
    long round = elapsed.dividedBy(period);
    Duration within = elapsed.minus(period.multipliedBy(round));
    boolean dead = within.compareTo(dies) >= 0 && within.compareTo(returns) < 0;
    return dead ? (int) ((round + 1) % replicas) : -1;
  }
}
