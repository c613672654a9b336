package dev.forebay.fleet;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One backend of a pool, and what is promised to it. Safe for many loops at once.
public final class Replica {
  private final String name;
  private final URI url;
  private final @Nullable String address;
  private final AtomicLong outstandingWork = new AtomicLong();
  private final AtomicInteger outstandingCalls = new AtomicInteger();
  private final Health health = new Health();
  private final Account account;

  /// @param name unique in the whole fleet; callers see it in `x-forebay-replica`
  /// @param url where its API stands: scheme, host, port and the path before `/v1`
  /// @param address the IP address to connect to, if it is not left to the host name
  public Replica(String name, URI url, @Nullable String address) {
    this.name = name;
    this.url = url;
    this.address = address;
    this.account = new Account(name);
  }

  public String name() {
    return name;
  }

  public URI url() {
    return url;
  }

  public @Nullable String address() {
    return address;
  }

  public Health health() {
    return health;
  }

  /// Its own account, for where it shares none with others.
  Account account() {
    return account;
  }

  /// Work promised to this replica and not finished, in work units.
  public long outstandingWork() {
    return outstandingWork.get();
  }

  public int outstandingCalls() {
    return outstandingCalls.get();
  }

  /// Promises work to this replica, which stands alone, until the reservation is closed.
  public Reservation reserve(long work) {
    return reserve(work, account, null, 0);
  }

  /// Promises work to this replica, on behalf of the account, until the reservation is closed.
  Reservation reserve(long work, Account account, @Nullable AccountLimits limits, long tokens) {
    outstandingWork.addAndGet(work);
    outstandingCalls.incrementAndGet();
    account.began();
    return new Promise(this, account, limits, work, tokens);
  }

  private record Promise(
      Replica replica, Account account, @Nullable AccountLimits limits, long work, long tokens)
      implements Reservation {
    @Override
    public void used(long actual, long now) {
      if (limits != null) {
        limits.settle(tokens, actual, now);
      }
    }

    @Override
    public void close() {
      replica.outstandingWork.addAndGet(-work);
      replica.outstandingCalls.decrementAndGet();
      account.ended();
      if (limits != null) {
        limits.release();
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
