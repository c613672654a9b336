package dev.forebay.gpu;

import dev.forebay.fleet.Need;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.gpu.KvLedger.Sequence;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Progress;
import org.jspecify.annotations.Nullable;

/// The room on one replica: what was promised of it, and how fast it is. Safe for many loops at
/// once.
final class Room {
  /// Shares of the KV cache that calls of each class may fill: the less urgent leave some to those
  /// that are more so.
  private static final double[] WATERMARK = {0.95, 0.95, 0.90, 0.80};

  private final Replica replica;
  private final Estimator estimator;
  private final KvLedger ledger = new KvLedger();
  private final PrefillRate prefill = new PrefillRate();

  Room(Replica replica, Estimator estimator) {
    this.replica = replica;
    this.estimator = estimator;
  }

  KvLedger ledger() {
    return ledger;
  }

  /// Whether the call could be sent now.
  ///
  /// @param left until its first content must have come, nanoseconds
  boolean fits(Need need, int priority, long left) {
    return firstContentNanos(need) <= Math.max(left, 0)
        && ledger.fits(need.prompt(), need.output(), need.choices(), usable(priority));
  }

  /// Reserves room; null if there is none.
  @Nullable Reservation tryReserve(Call call, Need need, long now) {
    var sequence = new Sequence(need.prompt(), need.output(), need.choices());
    long ahead = ledger.waitingForPrefill();
    if (!ledger.tryReserve(sequence, usable(call.caller().priority()))) {
      return null;
    }
    return new Taken(call, sequence, replica.reserve(need.work()), ahead + need.prompt(), now);
  }

  private long usable(int priority) {
    long capacity = ledger.capacity();
    return capacity == Long.MAX_VALUE ? capacity : (long) (WATERMARK[priority] * capacity);
  }

  /// How full it will be, 0..1 and above; 0 if nobody knows how much it holds.
  double pressure() {
    long capacity = ledger.capacity();
    return capacity == Long.MAX_VALUE ? 0 : (double) ledger.peak() / capacity;
  }

  /// How long the first content would take of a call that is sent now; nanoseconds.
  long firstContentNanos(Need need) {
    double tokens = ledger.waitingForPrefill() + need.prompt();
    return (long) (tokens / rate() * 1e9);
  }

  private double rate() {
    synchronized (prefill) {
      return prefill.perSecond();
    }
  }

  /// What one attempt took.
  private final class Taken implements Reservation {
    private final Call call;
    private final Sequence sequence;
    private final Reservation promise;
    private final long tokensToBegin;
    private final long since;
    private boolean begun;

    Taken(Call call, Sequence sequence, Reservation promise, long tokensToBegin, long since) {
      this.call = call;
      this.sequence = sequence;
      this.promise = promise;
      this.tokensToBegin = tokensToBegin;
      this.since = since;
    }

    @Override
    public Replica replica() {
      return replica;
    }

    @Override
    public void grew(Progress progress, long now) {
      if (!progress.content()) {
        return;
      }
      if (!begun) {
        begun = true;
        synchronized (prefill) {
          prefill.began(tokensToBegin, progress.firstContentNanos() - since);
        }
      }
      long each = Math.ceilDiv(progress.completionTokens(), call.request().choices());
      if (ledger.grew(sequence, each)) {
        ledger.expect(sequence, estimator.outputBeyond(call, each));
      }
    }

    @Override
    public void served(Progress progress) {
      estimator.served(call, progress);
    }

    @Override
    public void close() {
      ledger.release(sequence);
      promise.close();
    }
  }
}
