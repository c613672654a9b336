package dev.forebay.limit;

import dev.forebay.fleet.Gcra;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
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

  private Limit limit;
  private Gcra gcra;

  RateMeter(Level level, String subject, Limit limit, Cells cells) {
    super(level, subject, cells);
    this.limit = limit;
    this.gcra = gcra(limit);
  }

  private static Gcra gcra(Limit limit) {
    return switch (limit) {
      // The one beyond the burst is the one that the rate itself allows.
      case Requests(var rate, long burst, _, _) -> new Gcra(rate, burst + 1);
      case Tokens(var rate, long burst, _) -> new Gcra(rate, burst);
      case Concurrency _ -> throw new IllegalArgumentException("counts no units in time: " + limit);
    };
  }

  @Override
  Limit limit() {
    return limit;
  }

  /// Goes on under another limit, with as many units owed as now.
  void become(Limit next, long now) {
    Gcra before = gcra;
    limit = next;
    gcra = gcra(next);
    Gcra after = gcra;
    cells().rewrite(paid -> before.asOf(after, paid, now));
  }

  @Override
  long wait(long key, long units, long now) {
    return gcra.wait(paid(key, now), now, gcra.cost(units));
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
    if (!(limit instanceof Requests(_, long burst, long delay, _)) || delay >= burst) {
      return 0;
    }
    return Math.max(0, Gcra.owed(paid(key, now), now) - gcra.cost(delay + 1));
  }

  Allowance.Window window(long key, long now) {
    long paid = paid(key, now);
    return new Allowance.Window(
        gcra.available(now, now),
        gcra.available(paid, now),
        Duration.ofNanos(Gcra.owed(paid, now)));
  }

  private long paid(long key, long now) {
    int cell = cells().find(key);
    return cell == Cells.NONE ? now : cells().value(cell);
  }
}
