package dev.forebay.limit;

import dev.forebay.limit.Limit.Concurrency;
import java.util.concurrent.TimeUnit;

/// A limit of calls under way. Each number is how many permits are held. Guarded by `Limits`.
final class ConcurrencyMeter extends Meter {
  /// Whoever holds a permit is never forgotten.
  static final Cells.Meaning HELD =
      new Cells.Meaning() {
        @Override
        public long fresh(long now) {
          return 0;
        }

        @Override
        public long worth(long value, long now) {
          return value == 0 ? 0 : KEEP;
        }
      };

  private static final long SHORTEST_WAIT = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_WAIT = TimeUnit.MINUTES.toNanos(1);

  private int most;
  private long held;
  private long meanNanos = TimeUnit.SECONDS.toNanos(1);

  ConcurrencyMeter(Level level, String subject, Concurrency limit, Cells cells) {
    super(new Rule(level, subject, limit), cells);
    this.most = limit.most();
  }

  /// Goes on under another limit. If more are held than it allows, nobody passes until fewer are.
  void become(Concurrency next) {
    rule(next);
    most = next.most();
  }

  @Override
  long value(long key, long now) {
    int cell = cells().find(key);
    return cell == Cells.NONE ? 0 : cells().value(cell);
  }

  /// An estimate: of permits held for `mean`, one comes back every `mean / held`.
  @Override
  long waitAt(long others, long units, long now) {
    if (others < most) {
      return 0;
    }
    long tooMany = others - most + 1;
    return Math.clamp(meanNanos / others * tooMany, SHORTEST_WAIT, LONGEST_WAIT);
  }

  @Override
  boolean take(long key, long units, long now) {
    int cell = cells().take(key, now);
    if (cell == Cells.NONE) {
      return false;
    }
    cells().value(cell, cells().value(cell) + 1);
    held++;
    return true;
  }

  /// @param forNanos how long the permit was held
  void giveBack(long key, long forNanos) {
    int cell = cells().find(key);
    cells().value(cell, cells().value(cell) - 1);
    held--;
    meanNanos += (forNanos - meanNanos) / 16;
  }

  /// Permits held, of all whom it counts for.
  long held() {
    return held;
  }
}
