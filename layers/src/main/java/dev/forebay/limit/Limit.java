package dev.forebay.limit;

import dev.forebay.fleet.Rate;

/// One limit as it is configured.
public sealed interface Limit {

  /// Whether calls that it would refuse pass all the same and are only counted.
  boolean shadow();

  /// What it counts.
  Kind kind();

  /// What a limit can count.
  enum Kind {
    REQUESTS,
    TOKENS,
    CONCURRENCY
  }

  /// Requests in time, meaning what nginx means by `limit_req zone rate=... burst=...`.
  ///
  /// @param burst requests in excess of the rate that pass all the same, 0..10^9; of an instant
  ///   crowd, `burst + 1` pass
  /// @param delay requests in excess that pass at once, as `delay=` of nginx; those in excess of it
  ///   pass on later, so that they keep to the rate. `NODELAY` passes all at once
  record Requests(Rate rate, long burst, long delay, boolean shadow) implements Limit {
    /// No request is so much in excess that it must wait.
    public static final long NODELAY = Long.MAX_VALUE;

    public Requests {
      bounded("burst", rate, burst);
      if (delay < 0) {
        throw new IllegalArgumentException("delay must be >= 0, was " + delay);
      }
    }

    /// Nothing waits and nothing is only counted.
    public static Requests of(String rate, long burst) {
      return new Requests(Rate.parse(rate), burst, NODELAY, false);
    }

    @Override
    public Kind kind() {
      return Kind.REQUESTS;
    }

    @Override
    public String toString() {
      return "requests " + rate + " burst " + burst;
    }
  }

  /// Tokens in time, prompt and completion together.
  ///
  /// @param burst the most tokens that can be had at once, 0..10^9
  record Tokens(Rate rate, long burst, boolean shadow) implements Limit {
    public Tokens {
      bounded("burst", rate, burst);
    }

    /// Nothing is only counted.
    public static Tokens of(String rate, long burst) {
      return new Tokens(Rate.parse(rate), burst, false);
    }

    @Override
    public Kind kind() {
      return Kind.TOKENS;
    }

    @Override
    public String toString() {
      return "tokens " + rate + " burst " + burst;
    }
  }

  /// Calls under way at once.
  ///
  /// @param most 1..10^6
  record Concurrency(int most, boolean shadow) implements Limit {
    public Concurrency {
      if (most < 1 || most > 1_000_000) {
        throw new IllegalArgumentException("most must be 1..1000000, was " + most);
      }
    }

    /// Nothing is only counted.
    public static Concurrency of(int most) {
      return new Concurrency(most, false);
    }

    @Override
    public Kind kind() {
      return Kind.CONCURRENCY;
    }

    @Override
    public String toString() {
      return "concurrency " + most;
    }
  }

  private static void bounded(String name, Rate rate, long burst) {
    if (burst < 0 || burst > Rate.MOST) {
      throw new IllegalArgumentException(name + " must be 0.." + Rate.MOST + ", was " + burst);
    }
    // The time it takes to give a burst back is counted in nanoseconds.
    if (burst > 365 * rate.perDay()) {
      throw new IllegalArgumentException(
          name + " must be at most what " + rate + " gives in a year, was " + burst);
    }
  }
}
