package dev.forebay.limit;

import java.util.ArrayList;
import java.util.List;

/// The numbers of a limit that counts for each of a crowd by itself: millions of addresses or end
/// users in a fixed amount of memory.
///
/// A set-associative table. A key can lie in one of sixteen places: eight, all in one line of the
/// processor's cache, and where these are taken eight others. If those are taken too, it takes the
/// place of the one who loses least by being forgotten: who owes nothing loses nothing, so that
/// nothing is lost while one of the sixteen is idle. Somebody who is forgotten while owing can have
/// at most one more burst than the limit allows.
///
/// Keys must be mixed already: their upper bits choose the first set, those in the middle the
/// second. Guarded by whoever uses it.
final class CrowdTable implements Cells {
  private static final int WAYS = 8;

  private final long[] keys;
  private final long[] values;
  private final int[] versions;
  private final int shift;
  private final Meaning meaning;
  private final List<Rewrite> rewrites = new ArrayList<>();
  private long forgotten;

  /// @param remembered how many must find room, if keys are mixed well
  CrowdTable(int remembered, Meaning meaning) {
    // Half full on average: 1 in 30 then finds the first of its sets full, 1 in 5,000 both.
    int rows = Integer.highestOneBit(2 * Math.max(WAYS, remembered) - 1) << 1;
    keys = new long[rows];
    values = new long[rows];
    versions = new int[rows / WAYS];
    shift = Long.numberOfLeadingZeros(rows / WAYS) + 1;
    this.meaning = meaning;
  }

  /// Memory of the tables, which never changes.
  long bytes() {
    return 8L * keys.length + 8L * values.length + 4L * versions.length;
  }

  @Override
  public int find(long key) {
    int cell = find(key, first(key));
    return cell == NONE ? find(key, second(key)) : cell;
  }

  private int find(long key, int set) {
    bringUpToDate(set);
    for (int cell = set * WAYS; cell < (set + 1) * WAYS; cell++) {
      if (keys[cell] == marked(key)) {
        return cell;
      }
    }
    return NONE;
  }

  @Override
  public int take(long key, long now) {
    int known = find(key);
    if (known != NONE) {
      return known;
    }
    int cell = least(first(key), now);
    if (worth(cell, now) > 0) {
      int other = least(second(key), now);
      cell = worth(other, now) < worth(cell, now) ? other : cell;
    }
    long worth = worth(cell, now);
    if (worth == Meaning.KEEP) {
      forgotten++;
      return NONE;
    }
    keys[cell] = marked(key);
    values[cell] = meaning.fresh(now);
    forgotten += worth > 0 ? 1 : 0;
    return cell;
  }

  /// The place of the set whose owner loses least.
  private int least(int set, long now) {
    int least = set * WAYS;
    for (int cell = least + 1; cell < (set + 1) * WAYS; cell++) {
      least = worth(cell, now) < worth(least, now) ? cell : least;
    }
    return least;
  }

  private long worth(int cell, long now) {
    return keys[cell] == 0 ? -1 : meaning.worth(values[cell], now);
  }

  /// 0 means an empty place, so the one key that is 0 shares with another one.
  private static long marked(long key) {
    return key == 0 ? 1 : key;
  }

  @Override
  public long value(int cell) {
    return values[cell];
  }

  @Override
  public void value(int cell, long value) {
    values[cell] = value;
  }

  /// Costs nothing now: each set is brought up to date when it is next looked at.
  @Override
  public void rewrite(Rewrite rewrite) {
    rewrites.add(rewrite);
  }

  @Override
  public long forgotten() {
    return forgotten;
  }

  private int first(long key) {
    return (int) (key >>> shift);
  }

  private int second(long key) {
    return first(Long.rotateLeft(key, 32));
  }

  private void bringUpToDate(int set) {
    if (versions[set] == rewrites.size()) {
      return;
    }
    for (int cell = set * WAYS; cell < (set + 1) * WAYS; cell++) {
      for (int i = versions[set]; i < rewrites.size() && keys[cell] != 0; i++) {
        values[cell] = rewrites.get(i).apply(values[cell]);
      }
    }
    versions[set] = rewrites.size();
  }
}
