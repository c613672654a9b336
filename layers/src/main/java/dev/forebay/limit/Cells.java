package dev.forebay.limit;

/// The numbers of one limit: one, or one for each of a crowd. Guarded by whoever uses it.
interface Cells {
  /// No cell.
  int NONE = -1;

  /// The cell of the key, or `NONE` if nothing is remembered of it.
  int find(long key);

  /// The cell of the key, made if there is none; `NONE` if there is no room even so.
  int take(long key, long now);

  long value(int cell);

  void value(int cell, long value);

  /// Rewrites every number, now or at the latest before it is read.
  void rewrite(Rewrite rewrite);

  /// What was forgotten although it counted for something.
  long forgotten();

  /// How numbers change when their limit does.
  interface Rewrite {
    long apply(long value);
  }

  /// What a number means to whoever wants to forget it.
  interface Meaning {
    /// The number of somebody of whom nothing is known.
    long fresh(long now);

    /// 0 if it may be forgotten without loss, the less the better, `KEEP` if never.
    long worth(long value, long now);

    long KEEP = Long.MAX_VALUE;
  }
}
