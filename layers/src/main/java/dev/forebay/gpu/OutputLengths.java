package dev.forebay.gpu;

/// How long the last 1,000 answers of one kind were.
///
/// Lengths are kept in buckets an eighth of an octave wide, so a quantile is told at most 9 % too
/// long and never too short. Not thread-safe; adding is O(1), asking O(buckets).
///
/// @see <a href="https://arxiv.org/abs/2507.10150">Past-Future Scheduler, section 4: the recent
///   empirical distribution instead of a prediction of each length</a>
final class OutputLengths {
  private static final int KEPT = 1_000;
  private static final int EXACT = 16;
  private static final int PER_OCTAVE = 8;
  private static final int BUCKETS = EXACT + PER_OCTAVE * 20;

  /// Below that, what was seen beyond a length says too little.
  private static final int FEW = 5;

  private final int[] counts = new int[BUCKETS];
  private final short[] ring = new short[KEPT];
  private int size;
  private int next;

  void add(long tokens) {
    if (size == KEPT) {
      counts[ring[next]]--;
    } else {
      size++;
    }
    int bucket = bucket(tokens);
    ring[next] = (short) bucket;
    counts[bucket]++;
    next = (next + 1) % KEPT;
  }

  int size() {
    return size;
  }

  /// The length that this share of the answers did not exceed.
  ///
  /// @param share 0..1
  long quantile(double share) {
    return quantile(share, 0, size);
  }

  /// The same, of the answers that became longer than `tokens`.
  long quantileBeyond(double share, long tokens) {
    int from = bucket(tokens) + 1;
    int longer = 0;
    for (int i = from; i < BUCKETS; i++) {
      longer += counts[i];
    }
    return longer < FEW ? tokens + tokens / 4 + 16 : quantile(share, from, longer);
  }

  private long quantile(double share, int from, int of) {
    int left = (int) Math.ceil(share * of);
    for (int i = from; i < BUCKETS; i++) {
      left -= counts[i];
      if (left <= 0) {
        return longest(i);
      }
    }
    return longest(BUCKETS - 1);
  }

  private static int bucket(long tokens) {
    if (tokens < EXACT) {
      return (int) Math.max(0, tokens);
    }
    int octave = 63 - Long.numberOfLeadingZeros(tokens);
    int eighth = (int) (tokens >>> (octave - 3)) & (PER_OCTAVE - 1);
    return Math.min(BUCKETS - 1, EXACT + (octave - 4) * PER_OCTAVE + eighth);
  }

  /// The longest length that falls into the bucket.
  private static long longest(int bucket) {
    if (bucket < EXACT) {
      return bucket;
    }
    int octave = 4 + (bucket - EXACT) / PER_OCTAVE;
    int eighth = (bucket - EXACT) % PER_OCTAVE;
    return ((PER_OCTAVE + eighth + 1L) << (octave - 3)) - 1;
  }
}
