package dev.forebay.fleet;

import java.time.Duration;

/// What decides over replicas together: an account at a provider, whose limits count for whatever
/// is sent on its behalf. A replica that shares its fate with no other has an account of its own.
///
/// A replica that says when to come back says so for its account, and until then nothing is sent to
/// any replica of that account.
///
/// Safe for many loops at once; whether it is open costs one or two volatile reads.
public final class Account {
  /// The longest pause that is believed. Providers count by the minute, so a limit has room again
  /// after one; a longer pause, told in error, would switch a pool off with nobody to switch it on
  /// again. Where it was told in earnest, one minute's first calls hear so anew.
  public static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private final String name;
  private volatile long opensNanos;
  private volatile boolean paused;

  public Account(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  /// Whether calls may be sent on its behalf now.
  public boolean open(long now) {
    return !paused || now - opensNanos >= 0;
  }

  /// When it opens, on the loops' clock; `now` if it is open.
  public long opensAt(long now) {
    return open(now) ? now : opensNanos;
  }

  /// One of its replicas asked to be left alone for so long; nothing if it named no time. The pause
  /// that ends last holds.
  public void pause(Duration asked, long now) {
    if (asked.isPositive()) {
      Duration pause = asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
      close(now + pause.toNanos(), now);
    }
  }

  private synchronized void close(long until, long now) {
    if (open(now) || until - opensNanos > 0) {
      opensNanos = until;
      paused = true;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
