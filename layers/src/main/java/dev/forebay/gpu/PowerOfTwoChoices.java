package dev.forebay.gpu;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Request;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Room on the replicas that are usable, whose account is open and that were not tried by this
/// call: of two of them drawn at random the one with less work for the share it may take; where
/// both are full, any that is not. A pinned call gets its replica or none.
///
/// Two choices, rather than the best of all: several gateways that all chase the emptiest replica
/// fill it together. Safe for many loops at once if the generator is; O(replicas).
///
/// @see "Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001"
public final class PowerOfTwoChoices implements Capacity {
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  /// No tokenizer in use makes a token of more characters than that.
  private static final int LONGEST_TOKEN = 128;

  private static final long ASK_SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final long slowStartNanos;
  private final Rooms rooms;
  private final RandomGenerator random;

  public PowerOfTwoChoices(GpuConfig config, Rooms rooms, RandomGenerator random) {
    this.slowStartNanos = config.slowStart().toNanos();
    this.rooms = rooms;
    this.random = random;
  }

  @Override
  public Need need(Call call) {
    return rooms.estimator().need(call);
  }

  @Override
  public Answer tryReserve(Call call, Need need, Pool pool, long deadline, long now) {
    if (call.pinned() != null) {
      return pinned(call, need, call.pinned(), pool, now);
    }
    int usable = 0;
    for (Replica replica : pool.replicas()) {
      if (usable(call, pool, replica, now)) {
        usable++;
      }
    }
    if (usable == 0) {
      return nobody(pool, now);
    }
    Reservation reservation = pick(new Asked(call, need, pool, deadline, now), usable);
    return reservation == null
        ? new RetryAt(Reason.POOL_FULL, now + ASK_SOON_NANOS)
        : new Reserved(reservation);
  }

  @Override
  public @Nullable String neverFits(Call call, Pool pool) {
    Request.Prompt prompt = call.request().prompt();
    long characters = (long) prompt.asciiChars() + prompt.otherChars();
    long atLeast = Math.ceilDiv(characters, LONGEST_TOKEN);
    long most = 0;
    for (Replica replica : pool.replicas()) {
      most = Math.max(most, rooms.of(replica).ledger().capacity());
    }
    return most == 0 || atLeast <= most
        ? null
        : "its prompt has %d characters, which are %d tokens at least; the largest replica of pool %s holds %d"
            .formatted(characters, atLeast, pool.name(), most);
  }

  private record Asked(Call call, Need need, Pool pool, long deadline, long now) {}

  /// The replica that has what the call needs serves it as long as it is up: ejection is there to
  /// send work elsewhere, and this work has no elsewhere.
  private Answer pinned(Call call, Need need, String name, Pool pool, long now) {
    Replica replica = pool.replica(name);
    if (replica == null || call.replicas().contains(name)) {
      return new RetryAt(Reason.NO_REPLICA, now + ASK_AGAIN_NANOS);
    }
    if (replica.health().down()) {
      return new RetryAt(Reason.REPLICA_DOWN, now + ASK_AGAIN_NANOS);
    }
    Account account = pool.accountOf(replica);
    return account.open(now)
        ? new Reserved(rooms.of(replica).reserve(call, need, account, now))
        : new RetryAt(Reason.UPSTREAM_BUSY, account.opensAt(now));
  }

  private @Nullable Reservation pick(Asked asked, int usable) {
    int one = random.nextInt(usable);
    Replica first = usable(asked, one);
    if (usable > 1) {
      int two = random.nextInt(usable - 1);
      Replica second = usable(asked, two < one ? two : two + 1);
      if (second != null && (first == null || score(second, asked) < score(first, asked))) {
        Reservation reservation = reserve(asked, second);
        if (reservation != null) {
          return reservation;
        }
      }
    }
    Reservation reservation = first == null ? null : reserve(asked, first);
    for (int i = 1; i < usable && reservation == null; i++) {
      Replica other = usable(asked, (one + i) % usable);
      reservation = other == null ? null : reserve(asked, other);
    }
    return reservation;
  }

  private @Nullable Reservation reserve(Asked asked, Replica replica) {
    Room room = rooms.of(replica);
    return room.inTime(asked.need, asked.deadline - asked.now)
        ? room.tryReserve(
            asked.call, asked.need, asked.pool.accountOf(replica), random, asked.now)
        : null;
  }

  /// Null if a replica has become unusable since they were counted.
  private static @Nullable Replica usable(Asked asked, int nth) {
    int left = nth;
    for (Replica replica : asked.pool.replicas()) {
      if (usable(asked.call, asked.pool, replica, asked.now) && left-- == 0) {
        return replica;
      }
    }
    return null;
  }

  private static boolean usable(Call call, Pool pool, Replica replica, long now) {
    return replica.health().usable(now)
        && pool.accountOf(replica).open(now)
        && !call.replicas().contains(replica.name());
  }

  private double score(Replica replica, Asked asked) {
    return (replica.outstandingWork() + asked.need.work())
        / replica.health().weight(asked.now, slowStartNanos);
  }

  @Override
  public long firstContentNanos(Need need, Pool pool, long now) {
    long best = Long.MAX_VALUE;
    for (Replica replica : pool.replicas()) {
      if (replica.health().usable(now)) {
        best = Math.min(best, rooms.of(replica).firstContentNanos(need));
      }
    }
    return best == Long.MAX_VALUE ? 0 : best;
  }

  /// When it is worth asking again: at the end of the first pause, if a replica that could serve
  /// was asked for one, else when the first ejection ends or the next probe may have brought news.
  private static RetryAt nobody(Pool pool, long now) {
    boolean paused = false;
    long opens = 0;
    long returns = now + ASK_AGAIN_NANOS;
    for (Replica replica : pool.replicas()) {
      Account account = pool.accountOf(replica);
      if (replica.health().down()) {
        continue;
      }
      if (replica.health().ejected(now)) {
        returns = earlier(returns, replica.health().usableAt(now));
      } else if (!account.open(now)) {
        opens = paused ? earlier(opens, account.opensAt(now)) : account.opensAt(now);
        paused = true;
      }
    }
    return paused
        ? new RetryAt(Reason.UPSTREAM_BUSY, opens)
        : new RetryAt(Reason.NO_REPLICA, returns);
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }
}
