package dev.forebay.gpu;

import dev.forebay.fleet.Account;
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
  private static final double[] WATERMARK = {0.90, 0.90, 0.85, 0.75};

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

  /// Whether the first content of a call that is sent now would come in time.
  ///
  /// @param left until it must have come, nanoseconds
  boolean inTime(Need need, long left) {
    long expected = firstContentNanos(need);
    return expected == 0 || expected <= left;
  }

  /// Reserves room; null if there is none.
  @Nullable Reservation tryReserve(Call call, Need need, Account account, long now) {
    var sequence = new Sequence(need.prompt(), need.output(), need.choices());
    long ahead = ledger.waitingForPrefill();
    return ledger.tryReserve(sequence, usable(call.caller().priority()))
        ? new Taken(call, sequence, replica.reserve(need.work(), account), ahead, now)
        : null;
  }

  /// Reserves room for a call that no other replica can serve, whether there is any or not.
  Reservation reserve(Call call, Need need, Account account, long now) {
    var sequence = new Sequence(need.prompt(), need.output(), need.choices());
    long ahead = ledger.waitingForPrefill();
    ledger.reserve(sequence);
    return new Taken(call, sequence, replica.reserve(need.work(), account), ahead, now);
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

  /// How long the first content would take of a call that is sent now; nanoseconds. None where
  /// nothing runs or too little was seen: what cannot be told well must not keep calls away.
  long firstContentNanos(Need need) {
    if (ledger.sequences() == 0 || !known()) {
      return 0;
    }
    double tokens = ledger.waitingForPrefill() + need.prompt();
    return (long) (tokens / rate() * 1e9);
  }

  private boolean known() {
    synchronized (prefill) {
      return prefill.known();
    }
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
    private final long ahead;
    private final long since;
    private boolean begun;

    Taken(Call call, Sequence sequence, Reservation promise, long ahead, long since) {
      this.call = call;
      this.sequence = sequence;
      this.promise = promise;
      this.ahead = ahead;
      this.since = since;
    }

    @Override
    public Replica replica() {
      return replica;
    }

    @Override
    public Account account() {
      return promise.account();
    }

    @Override
    public void grew(Progress progress, long now) {
      if (!progress.content()) {
        return;
      }
      if (!begun) {
        begun = true;
        synchronized (prefill) {
          prefill.began(ahead + sequence.prompt(), progress.firstContentNanos() - since);
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
