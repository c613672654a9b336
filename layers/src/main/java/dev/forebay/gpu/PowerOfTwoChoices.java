package dev.forebay.gpu;

import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome.Reason;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Room by outstanding work: filters the replicas that are usable and were not tried by this call,
/// scores each by the work it would hold over the share it may take, and picks the better of two
/// drawn at random. A pinned call gets its replica or none.
///
/// Two choices, rather than the best of all: several gateways that all chase the emptiest replica
/// fill it together. Safe for many loops at once if the generator is; O(replicas).
///
/// @see "Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001"
public final class PowerOfTwoChoices implements Capacity {
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

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
    Reserved picked = pick(call, pool.replicas(), work, now);
    return picked == null
        ? new RetryAt(Reason.NO_REPLICA, firstReturn(pool.replicas(), now))
        : picked;
  }

  /// The replica that has what the call needs serves it as long as it is up: ejection is there to
  /// send work elsewhere, and this work has no elsewhere.
  private static Answer pinned(Call call, String name, Pool pool, long work, long now) {
    Replica replica = pool.replica(name);
    if (replica == null || call.replicas().contains(name)) {
      return new RetryAt(Reason.NO_REPLICA, now + ASK_AGAIN_NANOS);
    }
    return replica.health().down()
        ? new RetryAt(Reason.REPLICA_DOWN, now + ASK_AGAIN_NANOS)
        : new Reserved(replica.reserve(work), Choice.PINNED);
  }

  private @Nullable Reserved pick(Call call, List<Replica> replicas, long work, long now) {
    int usable = 0;
    for (Replica replica : replicas) {
      if (usable(call, replica, now)) {
        usable++;
      }
    }
    if (usable == 0) {
      return null;
    }
    if (usable == 1) {
      return only(usable(call, replicas, 0, now), work);
    }
    int one = random.nextInt(usable);
    int two = random.nextInt(usable - 1);
    Replica first = usable(call, replicas, one, now);
    Replica second = usable(call, replicas, two < one ? two : two + 1, now);
    // A replica may have become unusable since it was counted; then the other one serves.
    if (first == null || second == null) {
      return only(first == null ? second : first, work);
    }
    double a = score(first, work, now);
    double b = score(second, work, now);
    return a <= b
        ? new Reserved(first.reserve(work), new Choice(usable, a, second.name(), b))
        : new Reserved(second.reserve(work), new Choice(usable, b, first.name(), a));
  }

  private static @Nullable Reserved only(@Nullable Replica replica, long work) {
    return replica == null ? null : new Reserved(replica.reserve(work), Choice.ONLY);
  }

  private static @Nullable Replica usable(Call call, List<Replica> replicas, int nth, long now) {
    int left = nth;
    for (Replica replica : replicas) {
      if (usable(call, replica, now) && left-- == 0) {
        return replica;
      }
    }
    return null;
  }

  private static boolean usable(Call call, Replica replica, long now) {
    return replica.health().usable(now) && !call.replicas().contains(replica.name());
  }

  private double score(Replica replica, long work, long now) {
    return (replica.outstandingWork() + work) / replica.health().weight(now, slowStartNanos);
  }

  private static long firstReturn(List<Replica> replicas, long now) {
    long first = now + ASK_AGAIN_NANOS;
    for (Replica replica : replicas) {
      long at = replica.health().usableAt(now);
      if (!replica.health().down() && at != now && at - first < 0) {
        first = at;
      }
    }
    return first;
  }
}
