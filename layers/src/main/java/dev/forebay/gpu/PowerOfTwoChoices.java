package dev.forebay.gpu;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.gpu.Placement.Choice;
import dev.forebay.gpu.Placement.OfTwo;
import dev.forebay.gpu.Placement.Uncompared;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Request;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Room on the replicas that are usable, whose account is open and that were not tried by this
/// call: of two of them drawn at random the one with less work for the share it may take; where
/// both are full, any that is not. A pinned call gets its replica or none, and none gets more than
/// the limits of the account allow.
///
/// Before them is asked who was sent the same beginning of a prompt before, as long as that one has
/// little more work than others have on average: what everybody begins with must not make a hot
/// spot.
///
/// Two choices, rather than the best of all: several gateways that all chase the emptiest replica
/// fill it together. Safe for many loops at once if the generator is; O(replicas).
///
/// @see "Mirrokni, Thorup, Zadimoghaddam, Consistent Hashing with Bounded Loads, 2018"
/// @see "Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001"
public final class PowerOfTwoChoices implements Capacity {
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long ASK_SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /// With this spread and that of every refusal on top still less than the minute from which on
  /// clients do not listen.
  private static final long LONGEST_AWAY_NANOS = TimeUnit.SECONDS.toNanos(35);

  /// What one replica may have of the work of an average one, for the sake of what it has read.
  private static final double LOAD_BOUND = 1.25;

  /// No tokenizer in use makes a token of more characters than that.
  private static final int LONGEST_TOKEN = 128;

  private final long slowStartNanos;
  private final long paceNanos;
  private final Rooms rooms;
  private final RandomGenerator random;

  public PowerOfTwoChoices(GpuConfig config, Rooms rooms, RandomGenerator random) {
    this.slowStartNanos = config.slowStart().toNanos();
    this.paceNanos = config.pace().toNanos();
    this.rooms = rooms;
    this.random = random;
  }

  @Override
  public Need need(Call call) {
    return rooms.estimator().need(call);
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
        : "its prompt has %d characters, which are %d tokens at least; the largest replica of pool"
                .formatted(characters, atLeast)
            + " %s holds %d".formatted(pool.name(), most);
  }

  @Override
  public Answer tryReserve(Ask ask) {
    if (ask.call().pinned() != null) {
      Replica replica = ask.pool().replica(ask.call().pinned());
      return pinned(ask.readOn(replica), replica);
    }
    int usable = usable(ask);
    return usable == 0 ? nobody(ask) : pick(ask.readOn(whereRead(ask.call())), usable);
  }

  private static int usable(Ask ask) {
    int usable = 0;
    for (Replica replica : ask.pool().replicas()) {
      if (usable(ask, replica)) {
        usable++;
      }
    }
    return usable;
  }

  @Override
  public @Nullable Replica whereRead(Call call) {
    return rooms.prefixes().of(call);
  }

  @Override
  public @Nullable Reservation tryReserveWhereRead(Ask ask) {
    if (reserveWhereRead(ask, usable(ask)) instanceof Reserved(var reservation)) {
      rooms.prefixes().sent(ask.call(), reservation.replica());
      return reservation;
    }
    return null;
  }

  /// The replica that has what the call needs serves it as long as it is up: ejection is there to
  /// send work elsewhere, and this work has no elsewhere.
  private Answer pinned(Ask ask, @Nullable Replica replica) {
    if (replica == null || ask.call().replicas().contains(replica.name())) {
      return new RetryAt(Reason.NO_REPLICA, ask.now() + ASK_AGAIN_NANOS);
    }
    return replica.health().down()
        ? new RetryAt(Reason.REPLICA_DOWN, likelyBack(replica, ask.now()))
        : rooms.of(replica).reserve(ask, Uncompared.PINNED);
  }

  private Answer pick(Ask ask, int usable) {
    Answer answer = usable == 1 ? null : reserveWhereRead(ask, usable);
    if (!(answer instanceof Reserved)) {
      answer = ofTwo(ask, usable);
    }
    if (answer instanceof Reserved(var reservation)) {
      rooms.prefixes().sent(ask.call(), reservation.replica());
    }
    return answer;
  }

  private @Nullable Answer reserveWhereRead(Ask ask, int usable) {
    Replica known = ask.whereRead();
    return known != null && usable(ask, known) && bounded(ask, known, usable)
        ? reserve(ask, known, Uncompared.PREFIX)
        : null;
  }

  private boolean bounded(Ask ask, Replica known, int usable) {
    boolean here = false;
    double sum = 0;
    for (Replica replica : ask.pool().replicas()) {
      here |= replica == known;
      sum += usable(ask, replica) ? replica.outstandingWork() : 0;
    }
    return here && score(known, ask) <= LOAD_BOUND * sum / usable + 2 * ask.need().work();
  }

  private Answer ofTwo(Ask ask, int usable) {
    int one = random.nextInt(usable);
    Replica first = usable(ask, one);
    Answer answer = null;
    if (usable == 1) {
      answer = first == null ? null : reserve(ask, first, Uncompared.ONLY);
    } else {
      int two = random.nextInt(usable - 1);
      Replica second = usable(ask, two < one ? two : two + 1);
      if (first != null && second != null) {
        double a = score(first, ask);
        double b = score(second, ask);
        answer =
            a <= b
                ? reserve(ask, first, new OfTwo(usable, a, second.name(), b))
                : reserve(ask, second, new OfTwo(usable, b, first.name(), a));
      }
      // Where the better one is full, any that is not.
      List<Replica> all = ask.pool().replicas();
      for (int i = 0; i < all.size() && !(answer instanceof Reserved); i++) {
        Replica other = all.get((one + i) % all.size());
        Answer its = usable(ask, other) ? reserve(ask, other, Uncompared.NOT_FULL) : null;
        answer = its == null ? answer : its;
      }
    }
    return answer == null ? new RetryAt(Reason.POOL_FULL, ask.now() + ASK_SOON_NANOS) : answer;
  }

  private @Nullable Answer reserve(Ask ask, Replica replica, Choice why) {
    Room room = rooms.of(replica);
    return room.inTime(ask.need(), ask.deadline() - ask.now(), ask.now())
            && !room.tooSlow(paceNanos, ask.now())
        ? room.tryReserve(ask, why, random)
        : null;
  }

  /// Null if a replica has become unusable since they were counted.
  private static @Nullable Replica usable(Ask ask, int nth) {
    int left = nth;
    for (Replica replica : ask.pool().replicas()) {
      if (usable(ask, replica) && left-- == 0) {
        return replica;
      }
    }
    return null;
  }

  private static boolean usable(Ask ask, Replica replica) {
    return replica.health().usable(ask.now())
        && ask.pool().accountOf(replica).open(ask.now())
        && !ask.call().replicas().contains(replica.name());
  }

  private double score(Replica replica, Ask ask) {
    return (replica.outstandingWork() + ask.need().work())
        / replica.health().weight(ask.now(), slowStartNanos);
  }

  @Override
  public long firstContentNanos(Need need, Pool pool, long now) {
    long best = Long.MAX_VALUE;
    for (Replica replica : pool.replicas()) {
      if (replica.health().usable(now)) {
        best = Math.min(best, rooms.of(replica).firstContentNanos(need, now));
      }
    }
    return best == Long.MAX_VALUE ? 0 : best;
  }

  /// When it is worth asking again: when the first account opens, if that of a replica that could
  /// serve is closed, else when the first replica is likely to be back. Who was tried already could
  /// not.
  private RetryAt nobody(Ask ask) {
    Pool pool = ask.pool();
    long now = ask.now();
    Account first = null;
    long returns = now + (pool.replicas().isEmpty() ? ASK_AGAIN_NANOS : LONGEST_AWAY_NANOS * 2);
    for (Replica replica : pool.replicas()) {
      Account account = pool.accountOf(replica);
      if (ask.call().replicas().contains(replica.name())) {
        continue;
      }
      if (replica.health().down()) {
        returns = earlier(returns, likelyBack(replica, now));
      } else if (replica.health().ejected(now) || account.open(now)) {
        returns = earlier(returns, usableAt(replica, now));
      } else if (first == null || account.opensAt(now) - first.opensAt(now) < 0) {
        first = account;
      }
    }
    return first != null ? first.closed(now) : new RetryAt(Reason.NO_REPLICA, returns);
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }

  /// The end of its ejection, but soon: whoever was ejected with it may be back before.
  private static long usableAt(Replica replica, long now) {
    long soon = now + ASK_AGAIN_NANOS;
    long at = replica.health().usableAt(now);
    return at == now || at - soon > 0 ? soon : at;
  }

  /// When it is worth asking for a replica that is down. What has been down for long stays down for
  /// longer, so a sixth of that time; nobody knows of its return before the next probe. Those who
  /// ask together are sent away for times half as long again, so that they do not return together.
  private long likelyBack(Replica replica, long now) {
    long away =
        Math.max(
            Math.max(ASK_AGAIN_NANOS, replica.health().probeEveryNanos()),
            replica.health().downFor(now) / 6);
    return now + (long) (Math.min(away, LONGEST_AWAY_NANOS) * (1 + random.nextDouble() / 2));
  }
}
