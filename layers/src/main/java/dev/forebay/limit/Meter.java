package dev.forebay.limit;

import dev.forebay.limit.Limit.Kind;

/// One limit at work: what was taken of it, for its one subject or for each of a crowd. Guarded by
/// `Limits`.
abstract sealed class Meter permits RateMeter, ConcurrencyMeter {
  private final Cells cells;
  private final Kind kind;
  private Rule rule;
  private long passed;
  private long refused;

  Meter(Rule rule, Cells cells) {
    this.rule = rule;
    this.kind = rule.limit().kind();
    this.cells = cells;
  }

  /// The limit as it is now, and whom it counts for.
  final Rule rule() {
    return rule;
  }

  /// Goes on under another limit of its kind.
  final void rule(Limit next) {
    rule = new Rule(rule.level(), rule.subject(), next);
  }

  final Level level() {
    return rule.level();
  }

  final String subject() {
    return rule.subject();
  }

  Cells cells() {
    return cells;
  }

  final Limit limit() {
    return rule.limit();
  }

  final Kind kind() {
    return kind;
  }

  /// The number that is kept for the key now.
  abstract long value(long key, long now);

  /// How long until so many units can be had: 0 if now, `Long.MAX_VALUE` if never.
  ///
  /// @param value the number that is kept now
  abstract long waitAt(long value, long units, long now);

  /// As `waitAt`, for the number that is kept for the key now.
  final long wait(long key, long units, long now) {
    return waitAt(value(key, now), units, now);
  }

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
        level(),
        subject(),
        limit().toString(),
        limit().shadow(),
        passed,
        refused,
        cells.forgotten());
  }
}
