package dev.forebay.retry;

/// The largest value of the last one to two windows. Safe for many threads at once.
final class Peak {
  private final long windowNanos;
  private boolean begun;
  private long beganNanos;
  private long most;
  private long mostBefore;

  Peak(long windowNanos) {
    this.windowNanos = windowNanos;
  }

  /// The largest value, this one included.
  synchronized long with(long value, long now) {
    if (!begun || now - beganNanos >= windowNanos) {
      boolean next = begun && now - beganNanos < 2 * windowNanos;
      mostBefore = next ? most : 0;
      most = 0;
      beganNanos = now;
      begun = true;
    }
    most = Math.max(most, value);
    return Math.max(most, mostBefore);
  }
}
