package dev.forebay.queue;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Progress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The simplest room there is: so many calls at once.
final class Slots implements Capacity {
  static final Replica REPLICA = new Replica("gpu-0", URI.create("http://gpu-0"), null);
  private static final Account ACCOUNT = new Account("gpu-0");

  private final int slots;
  private int taken;
  long firstContentNanos;

  /// What was told of answers that grew.
  final List<Look> looks = new ArrayList<>();

  /// What was told of tokens that were used.
  final List<Long> used = new ArrayList<>();

  record Look(long inTimeSince, long now) {}

  /// Tokens of the longest prompt for which there is room now.
  long longest = Long.MAX_VALUE;

  /// Whether whoever asked last was told to come in a calm moment.
  boolean calm;

  /// What everybody is told; nothing if null.
  @Nullable RetryAt refusal;

  /// Whose prompts the replica has in its cache.
  final Set<Call> read = new HashSet<>();

  Slots(int slots) {
    this.slots = slots;
  }

  @Override
  public Need need(Call call) {
    return new Need(call.request().prompt().tokens(), call.request().maxTokens(), 1);
  }

  @Override
  public Answer tryReserve(Ask ask) {
    calm = ask.calm();
    if (refusal != null) {
      return refusal;
    }
    if (taken == slots || ask.need().prompt() > longest) {
      return new RetryAt(Reason.POOL_FULL, ask.now() + 50_000_000);
    }
    taken++;
    return new Reserved(new Slot());
  }

  @Override
  public @Nullable Replica whereRead(Call call) {
    return read.contains(call) ? REPLICA : null;
  }

  @Override
  public @Nullable Reservation tryReserveWhereRead(Ask ask) {
    return tryReserve(ask) instanceof Reserved(var room) ? room : null;
  }

  @Override
  public long firstContentNanos(Need need, Pool pool, long now) {
    return firstContentNanos;
  }

  int taken() {
    return taken;
  }

  private final class Slot implements Reservation {
    @Override
    public Replica replica() {
      return REPLICA;
    }

    @Override
    public Account account() {
      return ACCOUNT;
    }

    @Override
    public void used(long actual, long now) {
      used.add(actual);
    }

    @Override
    public void grew(Progress progress, long inTimeSince, long now) {
      looks.add(new Look(inTimeSince, now));
    }

    @Override
    public void close() {
      taken--;
    }
  }
}
