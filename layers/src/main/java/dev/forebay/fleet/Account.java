package dev.forebay.fleet;

import dev.forebay.fleet.Capacity.Answer;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.pipeline.Outcome.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What decides over replicas together: an account at a provider, whose limits count for whatever
/// is sent on its behalf. A replica that shares its fate with no other has an account of its own.
///
/// A replica that says when to come back says so for its account, and until then nothing is sent to
/// any replica of that account.
///
/// An account that is **refused**, since its money is spent or its key is not accepted, is closed
/// too, and from then on one call a minute finds out whether it is served again. An operator has to
/// act, so it is told apart.
///
/// Safe for many loops at once; whether it is open costs one or two volatile reads.
public final class Account {
  /// The longest pause that is believed. Providers count by the minute, so a limit has room again
  /// after one; a longer pause, told in error, would switch a pool off with nobody to switch it on
  /// again. Where it was told in earnest, one minute's first calls hear so anew.
  public static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  /// How often an account that is refused is tried.
  public static final Duration TRIAL_EVERY = Duration.ofSeconds(60);

  private final String name;
  private final AtomicInteger underWay = new AtomicInteger();
  private final SlowStart slowStart = new SlowStart();
  private volatile @Nullable AccountLimits limits;
  private volatile long opensNanos;
  private volatile boolean paused;

  /// A refusal, or what may become one, stands since `doubtedNanos`.
  private volatile boolean doubted;

  private volatile @Nullable String refusal;
  private long doubtedNanos;

  public Account(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  /// Sets what its provider lets it have. Calls that are under way when there were no limits before
  /// are not counted.
  public synchronized void limit(AccountConfig config) {
    AccountLimits before = limits;
    if (before != null) {
      before.config(config);
    } else if (!config.equals(AccountConfig.NONE)) {
      limits = new AccountLimits(config);
    }
  }

  /// Takes what one call needs of its limits and promises the replica the work, or does neither.
  ///
  /// @param tokens estimated, prompt and completion together
  public Answer reserve(Replica replica, long work, long tokens, long now) {
    if (!open(now)) {
      return closed(now);
    }
    AccountLimits limited = limits;
    RetryAt later = limited == null ? null : limited.take(tokens, now);
    if (later != null) {
      return later;
    }
    long paced = slowStart.take(now);
    // Where it does not admit, another loop's call finds out whether the account is served again.
    if (paced > 0 || !admit(now)) {
      if (limited != null) {
        limited.giveBack(tokens, now);
      }
      return paced > 0 ? new RetryAt(Reason.UPSTREAM_BUSY, now + paced) : closed(now);
    }
    return new Reserved(replica.reserve(work, this, limited, tokens));
  }

  /// What is said of it while it is closed.
  public RetryAt closed(long now) {
    return new RetryAt(
        refusal == null ? Reason.UPSTREAM_BUSY : Reason.UPSTREAM_ACCOUNT, opensAt(now));
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
  /// that ends last holds, and after it calls start slowly.
  public void pause(Duration asked, long now) {
    if (asked.isPositive()) {
      Duration pause = asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
      close(now + pause.toNanos(), now);
      slowStart.pause(opensAt(now), underWay.get(), now);
    }
  }

  /// A call was promised to one of its replicas.
  void began() {
    underWay.incrementAndGet();
  }

  /// And has ended.
  void ended() {
    underWay.decrementAndGet();
  }

  /// Lets a call pass if it is open. While it is refused, one call passes and closes it for the
  /// rest.
  boolean admit(long now) {
    if (refusal == null) {
      return open(now);
    }
    synchronized (this) {
      boolean admits = open(now);
      if (admits && refusal != null) {
        close(now + TRIAL_EVERY.toNanos(), now);
      }
      return admits;
    }
  }

  /// A replica refused the account itself.
  ///
  /// @param why in words; holds no secret
  /// @return whether that is news
  public synchronized boolean refused(String why, long now) {
    boolean news = refusal == null;
    refusal = why;
    doubted = true;
    doubtedNanos = now;
    close(now + TRIAL_EVERY.toNanos(), now);
    return news;
  }

  /// A replica forbade what was asked, which may be the fault of one call. Twice, with nothing
  /// served in between, is taken as refused: one caller must not switch the account off for all.
  ///
  /// @return whether it was taken so, and that is news
  public synchronized boolean forbade(String why, long now) {
    if (doubted) {
      return refused(why, now);
    }
    doubted = true;
    doubtedNanos = now;
    return false;
  }

  /// A call was served on its behalf.
  ///
  /// @param begun when it was sent: one that was under way when the account was refused says
  ///   nothing of what came after
  /// @return whether the account was refused until then
  public boolean served(long begun) {
    // Every answered call comes by here; only those of an account in doubt pay for the lock.
    if (!doubted) {
      return false;
    }
    synchronized (this) {
      if (!doubted || begun - doubtedNanos < 0) {
        return false;
      }
      boolean news = refusal != null;
      if (news) {
        paused = false;
      }
      refusal = null;
      doubted = false;
      return news;
    }
  }

  /// Why it is refused, in words; null if it is not.
  public @Nullable String refusal() {
    return refusal;
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
