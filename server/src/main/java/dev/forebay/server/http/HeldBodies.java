package dev.forebay.server.http;

import java.util.concurrent.atomic.AtomicLong;

/// The one budget, in bytes, for all request bodies that are held so that they can be sent again.
///
/// Bodies lie outside the heap, and growing they take up to twice their bytes: so the budget is
/// never more than half of what the JVM allows there. The last eighth is kept for small bodies, so
/// that callers who fill the rest with large ones and never end them do not shut out everybody
/// else. Safe for all threads.
public final class HeldBodies {
  private static final long SMALL = 64 * 1024;

  private volatile long limit;
  private final AtomicLong bytes = new AtomicLong();

  public HeldBodies(long limit) {
    limit(limit);
  }

  /// Sets another limit; what is held beyond it stays held.
  public final void limit(long next) {
    limit = Math.min(next, DirectMemory.most() / 2);
  }

  /// Takes room for that many bytes more, or none at all.
  ///
  /// @param held bytes of the same body that have room already
  boolean take(long count, long held) {
    long all = bytes.addAndGet(count);
    boolean alone = all == held + count;
    long most = limit;
    if (all <= (alone || held + count <= SMALL ? most : most - most / 8)) {
      return true;
    }
    bytes.addAndGet(-count);
    return false;
  }

  void giveBack(long count) {
    bytes.addAndGet(-count);
  }

  /// Bytes held now.
  public long bytes() {
    return bytes.get();
  }
}
