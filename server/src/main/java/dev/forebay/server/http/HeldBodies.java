package dev.forebay.server.http;

import java.util.concurrent.atomic.AtomicLong;

/// The one budget, in bytes, for all request bodies that are held so that they can be sent again.
/// Safe for all threads.
public final class HeldBodies {
  private volatile long limit;
  private final AtomicLong bytes = new AtomicLong();

  public HeldBodies(long limit) {
    this.limit = limit;
  }

  /// Sets another limit; what is held beyond it stays held.
  public void limit(long next) {
    limit = next;
  }

  /// Takes room for that many bytes, or none at all.
  boolean take(long count) {
    if (bytes.addAndGet(count) <= limit) {
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
