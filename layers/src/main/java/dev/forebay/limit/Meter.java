package dev.forebay.limit;

import dev.forebay.limit.Limit.Kind;

/// One limit at work: what was taken of it, for its one subject or for each of a crowd. Guarded by
/// `Limits`.
abstract sealed class Meter permits RateMeter, ConcurrencyMeter {
  private final Level level;
  private final String subject;
  private final Cells cells;
  private long passed;
  private long refused;

  Meter(Level level, String subject, Cells cells) {
    this.level = level;
    this.subject = subject;
    this.cells = cells;
  }

  Level level() {
    return level;
  }

  /// Whom it counts for: a name, or empty where that goes without saying.
  String subject() {
    return subject;
  }

  Cells cells() {
    return cells;
  }

  abstract Limit limit();

  final Kind kind() {
    return limit().kind();
  }

  /// How long until so many units can be had: 0 if now, `Long.MAX_VALUE` if never.
  abstract long wait(long key, long units, long now);

  /// Takes the units, whether or not they can be had.
  ///
  /// @return false if there was no room to remember it; then nothing must be given back
  abstract boolean take(long key, long units, long now);

  void countPassed() {
    passed++;
  }

  void countRefused() {
    refused++;
  }

  LimitReading reading() {
    return new LimitReading(
        level, subject, limit().toString(), limit().shadow(), passed, refused, cells.forgotten());
  }

  /// The limit and whom it counts for, in words.
  String words() {
    String whom =
        switch (level) {
          case GLOBAL -> "all callers together";
          case MODEL, TENANT, KEY -> level + " " + subject;
          case ADDRESS -> "each address";
          case USER -> "each end user";
        };
    return limit() + " for " + whom;
  }
}
