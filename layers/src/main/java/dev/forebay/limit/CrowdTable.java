package dev.forebay.limit;

import java.util.ArrayList;
import java.util.List;

/// The numbers of a limit that counts for each of a crowd by itself: millions of addresses or end
/// users in a fixed amount of memory.
///
/// A set-associative table. A key can lie in one of eight places, all in one line of the
/// processor's cache. If they are taken, it takes the place of the one who loses least by being
/// forgotten: who owes nothing loses nothing, so that nothing is lost while a set of eight has an
/// idle one. Somebody who is forgotten while owing can have at most one more burst than the limit
/// allows.
///
/// Keys must be mixed already: their upper bits choose the set. Guarded by whoever uses it.
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
    // Sets half full on average: fewer than 1 in 100 then fall into one that has no room.
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
    int set = set(key);
    for (int cell = set; cell < set + WAYS; cell++) {
      if (keys[cell] == marked(key)) {
        return cell;
      }
    }
    return NONE;
  }

  @Override
  public int take(long key, long now) {
    int set = set(key);
    int least = NONE;
    long leastWorth = Meaning.KEEP;
    for (int cell = set; cell < set + WAYS; cell++) {
      if (keys[cell] == marked(key)) {
        return cell;
      }
      long worth = keys[cell] == 0 ? -1 : meaning.worth(values[cell], now);
      if (worth < leastWorth) {
        least = cell;
        leastWorth = worth;
      }
    }
    if (least != NONE) {
      keys[least] = marked(key);
      values[least] = meaning.fresh(now);
    }
    forgotten += leastWorth > 0 ? 1 : 0;
    return least;
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

  /// The first place of the key's set, with its numbers brought up to date.
  private int set(long key) {
    int number = (int) (key >>> shift);
    int set = number * WAYS;
    if (versions[number] != rewrites.size()) {
      for (int cell = set; cell < set + WAYS; cell++) {
        for (int i = versions[number]; i < rewrites.size() && keys[cell] != 0; i++) {
          values[cell] = rewrites.get(i).apply(values[cell]);
        }
      }
      versions[number] = rewrites.size();
    }
    return set;
  }
}
