package dev.forebay.fleet;

import dev.forebay.pipeline.Held;

/// Room on one replica, held by an attempt until it ends. It names the replica.
public final class Reservation implements Held {
  private final Replica replica;
  private final long work;

  Reservation(Replica replica, long work) {
    this.replica = replica;
    this.work = work;
  }

  public Replica replica() {
    return replica;
  }

  @Override
  public void close() {
    replica.release(work);
  }
}
