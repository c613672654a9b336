package dev.forebay.fleet;

import dev.forebay.pipeline.Held;

/// Room on one replica, held by an attempt until it ends. It names the replica, and the account on
/// whose behalf the attempt is made.
public final class Reservation implements Held {
  private final Replica replica;
  private final Account account;
  private final long work;

  Reservation(Replica replica, Account account, long work) {
    this.replica = replica;
    this.account = account;
    this.work = work;
  }

  public Replica replica() {
    return replica;
  }

  public Account account() {
    return account;
  }

  @Override
  public void close() {
    replica.release(work);
  }
}
