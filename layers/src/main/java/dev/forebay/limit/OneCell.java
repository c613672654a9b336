package dev.forebay.limit;

/// The number of a limit that counts for one subject. Guarded by whoever uses it.
final class OneCell implements Cells {
  private long value;

  OneCell(long value) {
    this.value = value;
  }

  @Override
  public int find(long key) {
    return 0;
  }

  @Override
  public int take(long key, long now) {
    return 0;
  }

  @Override
  public long value(int cell) {
    return value;
  }

  @Override
  public void value(int cell, long value) {
    this.value = value;
  }

  @Override
  public void rewrite(Rewrite rewrite) {
    value = rewrite.apply(value);
  }

  @Override
  public long forgotten() {
    return 0;
  }
}
