package dev.forebay.limit;

import dev.forebay.fleet.Gcra;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.pipeline.Allowance;
import java.time.Duration;

/// A limit of requests or tokens in time. Each number is the moment until which what was taken is
/// paid for. Guarded by `Limits`.
final class RateMeter extends Meter {
  /// Whoever owes least is nearest to owing nothing, which is what a stranger owes.
  static final Cells.Meaning PAID_UNTIL =
      new Cells.Meaning() {
        @Override
        public long fresh(long now) {
          return now;
        }

        @Override
        public long worth(long value, long now) {
          return Gcra.owed(value, now);
        }
      };

  private Gcra gcra;

  RateMeter(Level level, String subject, Limit limit, Cells cells) {
    super(new Rule(level, subject, limit), cells);
    this.gcra = rule().gcra();
  }

  /// Goes on under another limit, with as many units owed as now.
  void become(Limit next, long now) {
    Gcra before = gcra;
    rule(next);
    gcra = rule().gcra();
    Gcra after = gcra;
    cells().rewrite(paid -> before.asOf(after, paid, now));
  }

  @Override
  long value(long key, long now) {
    int cell = cells().find(key);
    return cell == Cells.NONE ? now : cells().value(cell);
  }

  @Override
  long waitAt(long value, long units, long now) {
    return gcra.wait(value, now, gcra.cost(units));
  }

  @Override
  boolean take(long key, long units, long now) {
    int cell = cells().take(key, now);
    if (cell == Cells.NONE) {
      return false;
    }
    cells().value(cell, Gcra.take(cells().value(cell), now, gcra.cost(units)));
    return true;
  }

  /// Makes of what was taken another amount: gives back what is too much, or takes what is missing,
  /// as a debt if need be.
  void settle(long key, long taken, long actual, long now) {
    int cell = cells().find(key);
    if (cell != Cells.NONE) {
      long difference = gcra.cost(actual) - gcra.cost(taken);
      cells().value(cell, Gcra.take(cells().value(cell), now, difference));
    }
  }

  /// How much later a request that was just taken should pass on, to keep to the rate.
  long delay(long key, long now) {
    if (!(limit() instanceof Requests(_, long burst, long delay, _)) || delay >= burst) {
      return 0;
    }
    return gcra.delay(value(key, now), now, delay);
  }

  Allowance.Window window(long key, long now) {
    long paid = value(key, now);
    return new Allowance.Window(
        gcra.available(now, now),
        gcra.available(paid, now),
        Duration.ofNanos(Gcra.owed(paid, now)));
  }
}
