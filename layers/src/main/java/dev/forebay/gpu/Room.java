package dev.forebay.gpu;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity.Answer;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.gpu.GpuGuard.Signs;
import dev.forebay.gpu.GpuGuard.State;
import dev.forebay.gpu.KvLedger.Sequence;
import dev.forebay.gpu.Placement.Choice;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The room on one replica: what was promised of it, and how fast it is. Safe for many loops at
/// once.
final class Room {
  /// Shares of the KV cache that calls of each class may fill: the less urgent leave some to those
  /// that are more so.
  private static final double[] WATERMARK = {0.90, 0.90, 0.85, 0.75};

  /// How long prompts may take that wait to be read when another one is sent.
  private static final double AHEAD_NANOS = 200e6;

  /// The same while all is calm, as long as they are few.
  private static final double BURST_NANOS = 1e9;

  private static final int FIRST_IN_NO_HURRY = 2;

  /// Tokens that an engine reads in one step, by vLLM's smaller default: so many never wait.
  private static final long ONE_STEP = 2_048;

  /// vLLM's.
  private static final long USUAL_BLOCK = 16;

  private final Replica replica;
  private final Estimator estimator;
  private final KvLedger ledger = new KvLedger();
  private final PrefillModel prefill = new PrefillModel();
  private final Pace pace = new Pace();
  private final ForeignLoad foreign = new ForeignLoad();
  private final PreemptionFeedback preemptions = new PreemptionFeedback();
  private final GpuGuard guard = new GpuGuard();

  // for replicas that do not show how much they hold
  private final TokenGradientLimit limit = new TokenGradientLimit();
  private final AdaptiveThrottle throttle = new AdaptiveThrottle();

  private @Nullable Telemetry last;
  private boolean shown;
  private long shownAt;

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
  boolean inTime(Need need, long left, long now) {
    long expected = firstContentNanos(need, now);
    return expected == 0 || expected <= left;
  }

  /// Reserves room here and on the account; or says when the account may have some. Null if there
  /// is none here.
  @Nullable Answer tryReserve(Ask ask, Choice why, RandomGenerator random) {
    return ledger.capacity() == Long.MAX_VALUE ? tryGuess(ask, why, random) : tryFit(ask, why);
  }

  /// In one step, as what is under way decides whether more may be.
  private synchronized @Nullable Answer tryGuess(Ask ask, Choice why, RandomGenerator random) {
    return guessed(ask.need(), random, ask.now()) ? tryFit(ask, why) : null;
  }

  private @Nullable Answer tryFit(Ask ask, Choice why) {
    long ahead = ahead(ask.now());
    double most = ask.calm() && !ledger.lineIsFull() ? BURST_NANOS : AHEAD_NANOS;
    if (ahead >= ONE_STEP && ahead * nanosPerToken() > most) {
      // The engine reads prompts in the order in which they came; ours is the better one.
      return null;
    }
    var sequence = sequence(ask, streams(ask));
    return ledger.tryReserve(sequence, usable(ask.priority(), ask.now()))
        ? onAccount(ask, why, sequence, ahead)
        : null;
  }

  /// Reserves room for a call that no other replica can serve, whether there is any or not; or says
  /// when the account may have some. It waits in no queue, so nobody looks how far it has come.
  Answer reserve(Ask ask, Choice why) {
    var sequence = sequence(ask, false);
    long ahead = ahead(ask.now());
    ledger.reserve(sequence);
    return onAccount(ask, why, sequence, ahead);
  }

  private static boolean streams(Ask ask) {
    return ask.call().request().stream();
  }

  private static Sequence sequence(Ask ask, boolean streams) {
    Need need = ask.need();
    return new Sequence(need.prompt(), need.output(), need.choices(), streams);
  }

  /// Tokens of prompts that the engine has still to read.
  private long ahead(long now) {
    long told = ledger.waitingForPrefill();
    synchronized (prefill) {
      return told + prefill.untold(now);
    }
  }

  private Answer onAccount(Ask ask, Choice why, Sequence sequence, long ahead) {
    long work = ask.need().work();
    long tokens = ask.call().asked().tokens();
    Account account = ask.pool().accountOf(replica);
    return switch (account.reserve(replica, work, tokens, ask.now())) {
      case Reserved(var promise) -> {
        synchronized (this) {
          limit.sent(work, replica.outstandingWork());
        }
        if (!sequence.streams()) {
          synchronized (prefill) {
            prefill.sentUntold(ask.need().prompt(), ask.now());
          }
        }
        yield new Reserved(new Taken(ask, why, sequence, promise, ahead));
      }
      case RetryAt closed -> {
        ledger.release(sequence);
        yield closed;
      }
    };
  }

  /// Whether a replica that shows nothing may be sent one more call, by how it has answered others.
  private boolean guessed(Need need, RandomGenerator random, long now) {
    boolean alone = replica.outstandingCalls() == 0;
    boolean within = replica.outstandingWork() + need.work() <= limit.limit(now);
    return (alone || within) && throttle.passes(random, now);
  }

  /// Tells what the engine showed.
  ///
  /// @param wrong what is wrong with the device that it runs on, if anything is
  /// @param now the loops' clock, nanoseconds
  synchronized void observed(Telemetry telemetry, Optional<Tripwire> wrong, long now) {
    last = last == null ? telemetry : telemetry.withSizesOf(last);
    long capacity = last.kvCapacityTokens().orElse(Long.MAX_VALUE);
    ledger.capacity(capacity, last.blockSize().orElse(USUAL_BLOCK), last.maxNumSeqs());
    if (telemetry.running().isPresent()) {
      ledger.shown(telemetry.running().getAsLong(), telemetry.waiting().orElse(0));
    }
    if (telemetry.kvUsage().isPresent() && capacity != Long.MAX_VALUE) {
      double usage = telemetry.kvUsage().getAsDouble();
      foreign.observed(usage, capacity, ledger.heldAtMost(), telemetry.asked());
    }
    if (telemetry.kvUsage().isPresent() || telemetry.waiting().isPresent()) {
      shown = true;
      shownAt = telemetry.answered();
    }
    boolean preempted = preemptions.observed(telemetry.preemptions(), now);
    // Only what it says itself: calls on their way there and back are on the ledger, too.
    boolean crowded = preempted || last.waiting().orElse(0) > EngineQueue.allow(last.maxNumSeqs());
    turn(new Signs(pressure(), crowded, wrong), now);
  }

  /// Tells what is wrong with the device, if anything is.
  synchronized void tripped(Optional<Tripwire> wrong, long now) {
    if (!staleness(now).telemetryCounts()) {
      // Of an engine that shows nothing nobody else turns the guard.
      turn(new Signs(OptionalDouble.empty(), false, wrong), now);
    }
  }

  private void turn(Signs signs, long now) {
    replica.health().suspect(guard.turn(signs, now) == State.SUSPECT);
  }

  synchronized State state() {
    return guard.state();
  }

  /// Tokens that may be promised to calls of that class; `Long.MAX_VALUE` if nobody knows how many
  /// there are, none while the engine takes no more.
  private synchronized long usable(int priority, long now) {
    Staleness staleness = staleness(now);
    if (staleness.telemetryCounts() && !(guard.admits(priority) && hurriesOrFits(priority))) {
      return 0;
    }
    long capacity = ledger.capacity();
    if (capacity == Long.MAX_VALUE) {
      return capacity;
    }
    double watermark = preemptions.watermark(WATERMARK[priority], now) - staleness.watermarkCut();
    return (long) (watermark * capacity) - foreign.tokens(now);
  }

  /// What is in no hurry does not go where it may only stand in the way of what is.
  private boolean hurriesOrFits(int priority) {
    return priority < FIRST_IN_NO_HURRY || ledger.likelyComputed();
  }

  /// How far what the engine showed of its load can be believed.
  private Staleness staleness(long now) {
    OptionalLong age = shown ? OptionalLong.of(now - shownAt) : OptionalLong.empty();
    return Staleness.of(age);
  }

  /// How full it will be, 0..1 and above; empty if nobody knows how much it holds.
  OptionalDouble pressure() {
    long capacity = ledger.capacity();
    return capacity == Long.MAX_VALUE
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) ledger.peak() / capacity);
  }

  /// How long the first content would take of a call that is sent now; nanoseconds. None where
  /// nothing runs or too little was seen: what cannot be told well must not keep calls away.
  long firstContentNanos(Need need, long now) {
    if (ledger.sequences() == 0) {
      return 0;
    }
    long tokens = ahead(now) + need.prompt();
    synchronized (prefill) {
      return prefill.known() ? (long) prefill.after((double) tokens) : 0;
    }
  }

  /// Whether the answers that run here get their tokens too slowly for another prompt to be read
  /// among them. Of replicas that do not show how much they hold, `limit` follows the pace.
  ///
  /// @param most that a token should take, nanoseconds; 0 if that is no matter
  boolean tooSlow(long most, long now) {
    if (most == 0 || ledger.sequences() == 0 || ledger.capacity() == Long.MAX_VALUE) {
      return false;
    }
    synchronized (pace) {
      return pace.tooSlow(most, now);
    }
  }

  /// 0 if not known.
  private double nanosPerToken() {
    synchronized (prefill) {
      return prefill.known() ? prefill.perToken() : 0;
    }
  }

  /// What one attempt took.
  final class Taken implements Reservation {
    private final String tenant;
    private final Request request;
    private final Choice why;
    private final boolean read;
    private final Sequence sequence;
    private final Reservation promise;
    private final long ahead;
    private final long since;
    private final long deadline;
    private final Pace.Answer answer = new Pace.Answer();
    private boolean begun;

    private Taken(Ask ask, Choice why, Sequence sequence, Reservation promise, long ahead) {
      this.tenant = ask.call().caller().tenant();
      this.request = ask.call().asked();
      this.why = why;
      this.read = ask.whereRead() == replica;
      this.sequence = sequence;
      this.promise = promise;
      this.ahead = ahead;
      this.since = ask.now();
      this.deadline = ask.deadline();
    }

    /// Why it is this replica.
    Choice why() {
      return why;
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
    public void used(long actual, long now) {
      promise.used(actual, now);
    }

    @Override
    public void grew(Progress progress, long inTimeSince, long now) {
      if (!progress.content()) {
        return;
      }
      began(progress, now);
      long each = Math.ceilDiv(progress.completionTokens(), request.choices());
      synchronized (pace) {
        pace.grew(answer, each, inTimeSince, now);
      }
      if (ledger.grew(sequence, each)) {
        ledger.expect(sequence, estimator.outputBeyond(tenant, request, each));
      }
    }

    /// Only of an answer that streams is known when it began.
    private void began(Progress progress, long now) {
      if (begun) {
        return;
      }
      begun = true;
      boolean timed = request.stream() && progress.content();
      long nanos = progress.firstContentNanos() - since;
      if (timed) {
        synchronized (prefill) {
          prefill.began(ahead + sequence.prompt(), nanos, read, now);
        }
      }
      synchronized (Room.this) {
        throttle.accepted(now);
        if (timed) {
          limit.began(nanos, Math.max(1, deadline - since), progress.keepAlives());
        }
      }
    }

    @Override
    public void served(Progress progress, long now) {
      // An answer may be whole before anybody has looked how far it came.
      began(progress, now);
      estimator.served(tenant, request, progress);
    }

    @Override
    public void pushedBack(long now) {
      synchronized (Room.this) {
        limit.pushedBack();
        throttle.refused(now);
      }
    }

    @Override
    public void close() {
      ledger.release(sequence);
      promise.close();
    }
  }
}
