package dev.forebay.fleet;

import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Rate.Per;
import dev.forebay.pipeline.Outcome.Reason;
import org.jspecify.annotations.Nullable;

/// What was taken of the limits that a provider sets for an account. A call takes of all of them at
/// once or of none.
///
/// Requests and tokens flow back evenly, so that of an account at rest a whole minute's worth can
/// be had at once, as providers themselves count it. A call that needs more than that passes when
/// nothing is owed.
///
/// Safe for many loops at once: a short lock for each call. O(1).
final class AccountLimits {
  /// When to ask again for a place that somebody else holds: it may be given back in another pool.
  private static final long ASK_SOON_NANOS = 50_000_000;

  private AccountConfig config;
  private @Nullable Gcra requests;
  private @Nullable Gcra tokens;
  private boolean begun;
  private long requestsPaid;
  private long tokensPaid;
  private int underWay;

  AccountLimits(AccountConfig config) {
    this.config = config;
    requests = perMinute(config.requests());
    tokens = perMinute(config.tokens());
  }

  private static @Nullable Gcra perMinute(int units) {
    return units == 0 ? null : new Gcra(new Rate(units, Per.MINUTE), units);
  }

  /// Sets other limits from now on. What is owed stays owed, in time.
  synchronized void config(AccountConfig next) {
    if (!next.equals(config)) {
      config = next;
      requests = perMinute(next.requests());
      tokens = perMinute(next.tokens());
    }
  }

  /// Takes a place, a request and so many tokens, or nothing.
  ///
  /// @return why not, and when it is worth asking again; null if they were taken
  synchronized @Nullable RetryAt take(long size, long now) {
    if (!begun) {
      begun = true;
      requestsPaid = now;
      tokensPaid = now;
    }
    long request = requests == null ? 0 : requests.cost(1);
    long cost = cost(size);
    long wait =
        Math.max(
            requests == null ? 0 : requests.wait(requestsPaid, now, request),
            tokens == null ? 0 : tokens.wait(tokensPaid, now, cost));
    if (wait > 0) {
      return new RetryAt(Reason.ACCOUNT_LIMITED, now + wait);
    }
    if (config.concurrency() > 0 && underWay >= config.concurrency()) {
      return new RetryAt(Reason.ACCOUNT_FULL, now + ASK_SOON_NANOS);
    }
    requestsPaid = Gcra.take(requestsPaid, now, request);
    tokensPaid = Gcra.take(tokensPaid, now, cost);
    underWay++;
    return null;
  }

  /// Makes of the tokens that were taken those that were used.
  synchronized void settle(long taken, long used, long now) {
    tokensPaid = Gcra.take(tokensPaid, now, cost(used) - cost(taken));
  }

  /// Gives back all that was taken for a call that is not sent.
  synchronized void giveBack(long taken, long now) {
    settle(taken, 0, now);
    requestsPaid = Gcra.take(requestsPaid, now, requests == null ? 0 : -requests.cost(1));
    release();
  }

  /// Gives the place back.
  synchronized void release() {
    underWay--;
  }

  private long cost(long size) {
    return tokens == null ? 0 : tokens.cost(Math.min(size, config.tokens()));
  }
}
