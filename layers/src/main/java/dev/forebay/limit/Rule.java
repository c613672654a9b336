package dev.forebay.limit;

import dev.forebay.fleet.Gcra;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;

/// One limit and whom it counts for.
///
/// @param subject a name, or empty where that goes without saying
record Rule(Level level, String subject, Limit limit) {

  /// Units that can still be had.
  ///
  /// @param value the number that a meter keeps: until when what was taken is paid for, or how many
  ///   permits are held
  long left(long value, long now) {
    return switch (limit) {
      case Requests _, Tokens _ -> gcra().available(value, now);
      case Concurrency(int most, _) -> Math.max(0, most - value);
    };
  }

  /// What a limit of requests or tokens allows.
  Gcra gcra() {
    return switch (limit) {
      // The one beyond the burst is the one that the rate itself allows.
      case Requests(var rate, long burst, _, _) -> new Gcra(rate, burst + 1);
      case Tokens(var rate, long burst, _) -> new Gcra(rate, burst);
      case Concurrency _ -> throw new IllegalArgumentException("counts no units in time: " + limit);
    };
  }

  /// In words, for the caller.
  String words() {
    String whom =
        switch (level) {
          case GLOBAL -> "all callers together";
          case MODEL, TENANT, KEY -> level + " " + subject;
          case ADDRESS -> "each address";
          case USER -> "each end user";
        };
    return limit + " for " + whom;
  }
}
