package dev.forebay.gpu;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.Placement.Choice;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome.Reason;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Room by outstanding work: filters the replicas that are usable, whose account is open and that
/// were not tried by this call, scores each by the work it would hold over the share it may take,
/// and picks the better of two drawn at random. A pinned call gets its replica or none, and none
/// gets more than the limits of the account allow.
///
/// Two choices, rather than the best of all: several gateways that all chase the emptiest replica
/// fill it together. Safe for many loops at once if the generator is; O(replicas).
///
/// @see "Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001"
public final class PowerOfTwoChoices implements Capacity {
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// With this spread and that of every refusal on top still less than the minute from which on
  /// clients do not listen.
  private static final long LONGEST_AWAY_NANOS = TimeUnit.SECONDS.toNanos(35);

  private final long slowStartNanos;
  private final RandomGenerator random;

  public PowerOfTwoChoices(GpuConfig config, RandomGenerator random) {
    this.slowStartNanos = config.slowStart().toNanos();
    this.random = random;
  }

  @Override
  public Answer tryReserve(Call call, Pool pool, long now) {
    long work = Math.max(1, call.request().work());
    if (call.pinned() != null) {
      return pinned(call, call.pinned(), pool, work, now);
    }
    Picked picked = pick(call, pool, work, now);
    return picked == null ? nobody(pool, now) : reserve(call, pool, picked, work, now);
  }

  /// The replica that has what the call needs serves it as long as it is up: ejection is there to
  /// send work elsewhere, and this work has no elsewhere.
  private Answer pinned(Call call, String name, Pool pool, long work, long now) {
    Replica replica = pool.replica(name);
    if (replica == null || call.replicas().contains(name)) {
      return new RetryAt(Reason.NO_REPLICA, now + ASK_AGAIN_NANOS);
    }
    if (replica.health().down()) {
      return new RetryAt(Reason.REPLICA_DOWN, likelyBack(replica, now));
    }
    return reserve(call, pool, new Picked(replica, Choice.PINNED), work, now);
  }

  private record Picked(Replica replica, Choice why) {}

  private static Answer reserve(Call call, Pool pool, Picked picked, long work, long now) {
    Replica replica = picked.replica();
    Answer answer = pool.accountOf(replica).reserve(replica, work, call.request().tokens(), now);
    Attempt attempt = call.attempt();
    if (answer instanceof Reserved && attempt != null) {
      attempt.note(new Placement(pool.name(), picked.why()));
    }
    return answer;
  }

  private @Nullable Picked pick(Call call, Pool pool, long work, long now) {
    List<Replica> replicas = pool.replicas();
    int usable = 0;
    for (Replica replica : replicas) {
      if (usable(call, pool, replica, now)) {
        usable++;
      }
    }
    if (usable == 0) {
      return null;
    }
    if (usable == 1) {
      return only(usable(call, pool, replicas, 0, now));
    }
    int one = random.nextInt(usable);
    int two = random.nextInt(usable - 1);
    Replica first = usable(call, pool, replicas, one, now);
    Replica second = usable(call, pool, replicas, two < one ? two : two + 1, now);
    // A replica may have become unusable since it was counted; then the other one serves.
    if (first == null || second == null) {
      return only(first == null ? second : first);
    }
    double a = score(first, work, now);
    double b = score(second, work, now);
    return a <= b
        ? new Picked(first, new Choice(usable, a, second.name(), b))
        : new Picked(second, new Choice(usable, b, first.name(), a));
  }

  private static @Nullable Picked only(@Nullable Replica replica) {
    return replica == null ? null : new Picked(replica, Choice.ONLY);
  }

  private static @Nullable Replica usable(
      Call call, Pool pool, List<Replica> replicas, int nth, long now) {
    int left = nth;
    for (Replica replica : replicas) {
      if (usable(call, pool, replica, now) && left-- == 0) {
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

  private double score(Replica replica, long work, long now) {
    return (replica.outstandingWork() + work) / replica.health().weight(now, slowStartNanos);
  }

  /// When it is worth asking again: when the first account opens, if that of a replica that could
  /// serve is closed, else when the first replica is likely to be back.
  private RetryAt nobody(Pool pool, long now) {
    Account first = null;
    long returns = now + (pool.replicas().isEmpty() ? ASK_AGAIN_NANOS : LONGEST_AWAY_NANOS * 2);
    for (Replica replica : pool.replicas()) {
      Account account = pool.accountOf(replica);
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
