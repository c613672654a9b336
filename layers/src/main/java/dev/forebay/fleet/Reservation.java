package dev.forebay.fleet;

import dev.forebay.pipeline.Held;
import org.jspecify.annotations.Nullable;

/// Room on one replica, held by an attempt until it ends. It names the replica, and the account on
/// whose behalf the attempt is made.
public final class Reservation implements Held {
  private final Replica replica;
  private final Account account;
  private final @Nullable AccountLimits limits;
  private final long work;
  private final long tokens;

  Reservation(
      Replica replica, Account account, @Nullable AccountLimits limits, long work, long tokens) {
    this.replica = replica;
    this.account = account;
    this.limits = limits;
    this.work = work;
    this.tokens = tokens;
  }

  public Replica replica() {
    return replica;
  }

  public Account account() {
    return account;
  }

  /// Makes of the tokens that the account was estimated to need those that were used.
  public void used(long actual, long now) {
    if (limits != null) {
      limits.settle(tokens, actual, now);
    }
  }

  @Override
  public void close() {
    replica.release(work);
    if (limits != null) {
      limits.release();
    }
  }
}
