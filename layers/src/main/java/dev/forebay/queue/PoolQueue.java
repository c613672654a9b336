package dev.forebay.queue;

import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Degradation.Step;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Place;
import dev.forebay.pipeline.Progress;
import dev.forebay.queue.Verdict.Drop;
import dev.forebay.queue.Verdict.Start;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The calls that wait for room in one pool.
///
/// Better classes come first, but for a small share that those behind them are owed (`Arrears`);
/// within a class tenants share fairly, and within a tenant the earliest deadline comes first.
/// Nobody waits in vain: a call that would be served too late is told so when it comes, by the work
/// that is ahead of it; one that is overdue all the same is given up then; and when the queue is
/// full the worst call in it makes room for a better one.
///
/// A call that was tried here before has waited already and goes ahead of all others; as it may not
/// go where it was tried, it holds up nobody. Otherwise the call whose turn it is holds up those
/// behind it until it fits: if smaller ones overtook it, it would never. Only for a moment those
/// who are next of other tenants may pass it; that costs it little and fills what it leaves free.
///
/// A state machine over all of the layer's behaviour: `offer`, `next`, `grew`, `leave`; time is
/// handed in. Not thread-safe. O(log n) for each call, and O(tenants) when one arrives.
final class PoolQueue {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_RETRY = 40 * SECOND;

  /// Longer, and the longest prompts would be served less than a quarter as often as the shortest.
  private static final long PASSING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final int MOST_PASSING = 8;

  /// How long a call that was given the turn of a better class holds up that class until it fits.
  private static final long HOLDING_NANOS = SECOND;

  /// How often a head may be passed for the sake of what replicas have in their caches: of a
  /// tenant's starts one of nine is a head's, then.
  private static final int MOST_PASSES = 8;

  /// By whom: the next few of each tenant that was served so much work more than the head's, and so
  /// many in all.
  private static final int NEAR_EACH = 4;

  private static final double NEAR_WORK = 4_096;
  private static final int NEAR_MOST = 32;

  /// How long nobody may have been refused or given up for what comes to be a burst.
  private static final long CALM_NANOS = 10 * SECOND;

  private final FairQueue[] classes = new FairQueue[QueueConfig.CLASSES];
  private final TreeSet<Entry> again = new TreeSet<>(Entry.BY_DEADLINE);
  private final TreeSet<Entry> byDeadline = new TreeSet<>(Entry.BY_DEADLINE);
  private final ArrayDeque<Drop> given = new ArrayDeque<>();
  private final DrainRate drain = new DrainRate();
  private final Arrears arrears = new Arrears();
  private final Numbering numbering = new Numbering();
  private Pool pool;
  private Capacity capacity;
  private QueueConfig config;
  private long order;
  private long askAgainAt;
  private boolean blocked;
  private boolean closed;
  private boolean waitedFor;
  private boolean dropped;
  private long droppedAt;

  PoolQueue(Pool pool, Capacity capacity, QueueConfig config) {
    this.pool = pool;
    this.capacity = capacity;
    this.config = config;
    for (int i = 0; i < classes.length; i++) {
      classes[i] = new FairQueue();
    }
  }

  /// Goes by another configuration from now on.
  ///
  /// @param pool that takes the place of the one that was; null if none does
  void become(QueueConfig config, Capacity capacity, @Nullable Pool pool) {
    this.config = config;
    this.capacity = capacity;
    this.pool = pool == null ? this.pool : pool;
  }

  /// A call comes; what becomes of it, and of others because of it, `next` tells.
  ///
  /// @param pool as it is now: a reload may have put another one of that name in its place
  /// @return where the call stands
  Place offer(Entry entry, Pool pool, long now) {
    this.pool = pool;
    Call call = entry.call;
    Need need = capacity.need(call);
    entry.need = need;
    entry.deadline = deadline(call);
    entry.order = order++;
    entry.again = triedHere(call);
    countAhead(entry);
    Degradation taken = call.attempt() == null ? Degradation.NONE : call.attempt().degradation();
    // One that comes from another model's pool takes room that nobody waits for, or none.
    boolean guest = taken.takes(Step.MODEL);
    entry.mayWait = config.maxCalls() > 0 && !guest;
    if (guest && waiting() > 0) {
      given.add(new Drop(entry, Reason.POOL_FULL, comeBackAfter(entry, now)));
    } else if (entry.again) {
      again.add(entry);
      byDeadline.add(entry);
      entry.waiting = true;
    } else {
      admit(entry, taken, now);
    }
    return stands(entry, now);
  }

  /// Whether a replica of this pool was tried. Who comes from another pool has not waited here.
  private boolean triedHere(Call call) {
    for (String tried : call.replicas()) {
      if (pool.replica(tried) != null) {
        return true;
      }
    }
    return false;
  }

  private void admit(Entry entry, Degradation taken, long now) {
    long wait = aheadNanos(entry, now);
    long left = entry.deadline - now;
    long spare = left - capacity.firstContentNanos(entry.need, pool, now);
    if (waiting() > 0
        && wait > Math.min((double) config.maxWait().toNanos(), share(taken) * spare)) {
      given.add(new Drop(entry, Reason.TOO_LATE, comeBackAfter(entry, now)));
    } else if (makesRoom(entry, now)) {
      // Who is alone passes nobody.
      entry.whereRead = waiting() == 0 ? null : capacity.whereRead(entry.call);
      classes[entry.priority()].add(entry);
      byDeadline.add(entry);
    } else {
      given.add(new Drop(entry, Reason.QUEUE_FULL, comeBackAfter(entry, now)));
    }
  }

  /// How much of its spare time a call may be expected to wait. One that was refused, and comes
  /// back asking for less, may use half of the margin as well.
  private double share(Degradation taken) {
    double early = config.earlyPercent() / 100.0;
    return taken.takes(Step.MAX_TOKENS) ? Math.max(early, (1 + early) / 2) : early;
  }

  /// Whether a newcomer finds room in the queue, or is made room by those that are worse: first by
  /// those of less urgent classes, and then by those of its own. These are asked first all the
  /// same, so that nobody is given up for one that finds no room in the end.
  private boolean makesRoom(Entry newcomer, long now) {
    int last = classes.length - 1;
    if (!newcomer.mayWait) {
      return fits(newcomer, last);
    }
    List<Entry> displaced = new ArrayList<>();
    while (!fits(newcomer, newcomer.priority())) {
      FairQueue own = classes[newcomer.priority()];
      Entry worst = own.worst();
      if (worst == null || !own.better(newcomer, worst)) {
        displaced.forEach(this::putBack);
        return false;
      }
      take(worst);
      displaced.add(worst);
    }
    for (int i = last; !fits(newcomer, last); ) {
      Entry worst = classes[i].worst();
      if (worst == null) {
        i--;
      } else {
        take(worst);
        displaced.add(worst);
      }
    }
    for (Entry entry : displaced) {
      given.add(new Drop(entry, Reason.DISPLACED, comeBackAfter(entry, now)));
    }
    return true;
  }

  /// Whether a newcomer has room if of all that wait only those stay that are as urgent as that or
  /// more. Whoever comes to an empty queue fits, however large it is.
  private boolean fits(Entry newcomer, int leastUrgent) {
    int calls = again.size();
    long work = newcomer.need.work();
    for (int i = 0; i <= leastUrgent; i++) {
      calls += classes[i].calls();
      work += classes[i].work();
    }
    return calls == 0 || (calls < config.maxCalls() && work <= config.maxWork());
  }

  private long deadline(Call call) {
    long told = call.deadlineNanos();
    return told == Progress.NEVER
        ? call.arrivedNanos() + config.patience().get(call.caller().priority()).toNanos()
        : told;
  }

  /// How long a call waits for its turn if what was ahead of it when that was counted still is; 0
  /// if nobody knows.
  private long waitNanos(Entry entry, long now) {
    return aheadNanos(entry, now) + drain.untilNext(now);
  }

  /// The same less the time until the next one starts: so long at least, and nobody is refused for
  /// more.
  private long aheadNanos(Entry entry, long now) {
    long ahead = drain.nanos(entry.workAhead, now);
    return closed ? ahead + Math.max(0, askAgainAt - now) : ahead;
  }

  private void countAhead(Entry entry) {
    if (entry.again) {
      entry.callsAhead = again.headSet(entry).size();
      return;
    }
    classes[entry.priority()].countAhead(entry);
    entry.callsAhead += again.size();
    for (int i = 0; i < entry.priority(); i++) {
      entry.callsAhead += classes[i].calls();
      entry.workAhead += classes[i].work();
    }
  }

  /// Where a call stands, as of the last second; null if it does not wait.
  @Nullable Place place(Entry entry, long now) {
    if (!entry.waiting) {
      return null;
    }
    numbering.look(again, classes, now);
    return stands(entry, now);
  }

  /// The call of that id; null if it does not wait. O(calls that wait).
  @Nullable Waiting find(String callId, long now) {
    for (Entry entry : byDeadline) {
      Call call = entry.call;
      if (call.id().equals(callId)) {
        numbering.look(again, classes, now);
        String model = call.request().model();
        return new Waiting(
            pool.name(), call.caller(), model, call.arrivedNanos(), stands(entry, now));
      }
    }
    return null;
  }

  private Place stands(Entry entry, long now) {
    boolean known = closed || drain.known(now);
    return new Place(entry.callsAhead + 1, known ? Duration.ofNanos(waitNanos(entry, now)) : null);
  }

  /// By then the pool has taken what is ahead of the call, and as much again as the call is.
  private long comeBackAfter(Entry entry, long now) {
    long own = drain.nanos(entry.need.work(), now);
    return Math.clamp(aheadNanos(entry, now) + own, SECOND, LONGEST_RETRY);
  }

  /// What may happen now: to be asked until it is null, after every change and at `nextEvent`.
  @Nullable Verdict next(long now) {
    blocked = false;
    closed = false;
    Verdict verdict = decide(now);
    if (verdict == null) {
      waitedFor = waiting() > 0 && !closed;
    } else if (verdict instanceof Drop) {
      dropped = true;
      droppedAt = now;
    }
    return verdict;
  }

  private @Nullable Verdict decide(long now) {
    if (!given.isEmpty()) {
      return given.poll();
    }
    if (!byDeadline.isEmpty() && byDeadline.first().deadline - now <= 0) {
      return drop(byDeadline.first(), Reason.OVERDUE, SECOND);
    }
    for (Entry entry : again) {
      Verdict verdict = tryStart(entry, entry.priority(), now);
      if (verdict != null) {
        return verdict;
      }
    }
    Entry best = null;
    Entry owed = null;
    for (FairQueue queue : classes) {
      Entry head = queue.head();
      if (head != null && best == null) {
        best = head;
      } else if (head != null && arrears.payFor(head)) {
        owed = head;
      }
    }
    if (best == null) {
      return null;
    }
    if (owed != null) {
      // Whoever is given the turn of a better class finds room where that would; and what its class
      // is owed pays for this one and for nobody else.
      begin(owed, now);
      Verdict verdict = tryStart(owed, best.priority(), now);
      if (verdict != null || now - owed.turnSince < HOLDING_NANOS) {
        return verdict;
      }
    }
    return turn(best, best.priority(), now);
  }

  private static void begin(Entry head, long now) {
    if (!head.hadTurn) {
      head.hadTurn = true;
      head.turnSince = now;
    }
  }

  private @Nullable Verdict turn(Entry head, int priority, long now) {
    begin(head, now);
    Verdict verdict = tryWhereRead(head, now);
    if (verdict == null) {
      verdict = tryStart(head, priority, now);
    }
    if (verdict != null || now - head.turnSince >= PASSING_NANOS) {
      return verdict;
    }
    for (Entry other : classes[head.priority()].afterHead(MOST_PASSING)) {
      verdict = tryStart(other, priority, now);
      if (verdict != null) {
        return verdict;
      }
    }
    return null;
  }

  /// The first of those near the head whose prompt is in the cache of a replica that has room: what
  /// it takes is little beside what it would take elsewhere, for which others had to be forgotten.
  private @Nullable Verdict tryWhereRead(Entry head, long now) {
    FairQueue queue = classes[head.priority()];
    if (queue.calls() == 1 || head.passed >= MOST_PASSES) {
      return null;
    }
    for (Entry entry : queue.near(NEAR_WORK, NEAR_EACH, NEAR_MOST)) {
      Reservation reservation =
          entry.whereRead == null
              ? null
              : capacity.tryReserveWhereRead(
                  ask(entry, entry.priority(), now).readOn(entry.whereRead));
      if (reservation != null) {
        head.passed++;
        start(entry, now);
        return new Start(entry, reservation);
      }
    }
    return null;
  }

  private @Nullable Verdict tryStart(Entry entry, int priority, long now) {
    if (capacity.firstContentNanos(entry.need, pool, now) > entry.deadline - now) {
      return drop(entry, Reason.OVERDUE, SECOND);
    }
    return switch (capacity.tryReserve(ask(entry, priority, now))) {
      case Reserved(var reservation) -> {
        start(entry, now);
        yield new Start(entry, reservation);
      }
      case RetryAt(var reason, long at) -> {
        if (entry.mayWait && worthWaiting(entry, reason, at, now)) {
          askAgainAt = blocked && askAgainAt - at < 0 ? askAgainAt : at;
          closed = (closed || !blocked) && isKnownWhen(reason);
          blocked = true;
          yield null;
        }
        // When somebody gives room back nobody knows; when an account opens is known.
        boolean full = reason == Reason.POOL_FULL || reason == Reason.ACCOUNT_FULL;
        yield drop(entry, reason, full ? comeBackAfter(entry, now) : at - now);
      }
    };
  }

  private Ask ask(Entry entry, int priority, long now) {
    boolean calm = waiting() == 1 && (!dropped || now - droppedAt > CALM_NANOS);
    return new Ask(entry.call, entry.need, pool, priority, entry.deadline, calm, null, now);
  }

  /// For room everybody waits; for an account only who has no other pool, and for one to open also
  /// the time.
  private boolean worthWaiting(Entry entry, Reason reason, long at, long now) {
    return switch (reason) {
      case POOL_FULL -> true;
      case ACCOUNT_FULL -> !entry.goesElsewhere;
      case UPSTREAM_BUSY, ACCOUNT_LIMITED ->
          !entry.goesElsewhere
              && at - now <= config.earlyPercent() / 100.0 * (entry.deadline - now);
      default -> false;
    };
  }

  /// Whether an account is closed, of which it is known when it opens.
  private static boolean isKnownWhen(Reason reason) {
    return reason == Reason.UPSTREAM_BUSY || reason == Reason.ACCOUNT_LIMITED;
  }

  private void start(Entry entry, long now) {
    byDeadline.remove(entry);
    drain.started(entry.need.work(), waitedFor, now);
    arrears.started(entry.priority(), entry.need.work(), classes);
    FairQueue queue = classes[entry.priority()];
    if (again.remove(entry)) {
      queue.add(entry);
    }
    queue.start(entry);
  }

  private Drop drop(Entry entry, Reason reason, long retryNanos) {
    take(entry);
    return new Drop(entry, reason, retryNanos);
  }

  private void take(Entry entry) {
    byDeadline.remove(entry);
    if (again.remove(entry)) {
      entry.waiting = false;
    } else {
      classes[entry.priority()].remove(entry);
    }
  }

  private void putBack(Entry entry) {
    classes[entry.priority()].putBack(entry);
    byDeadline.add(entry);
  }

  /// The answer to a call that was started has grown.
  void grew(Entry entry, Progress progress) {
    if (entry.running) {
      classes[entry.priority()].charge(entry, charge(entry, progress));
    }
  }

  /// A token of output as two of prompt; and prompts as the engine counts them, once it does.
  private static double charge(Entry entry, Progress progress) {
    long prompt =
        progress.usageIsWhole() && progress.promptTokens() > 0
            ? progress.promptTokens()
            : entry.need.prompt();
    return prompt + 2.0 * progress.completionTokens();
  }

  /// A call has ended, whether it waited or was started; one that got nothing is charged nothing.
  /// Does nothing for one that was dropped.
  void leave(Entry entry, Progress progress) {
    end(entry, progress.content() ? charge(entry, progress) : 0);
  }

  /// As [#leave], of a call that its caller gave up while an engine worked for it: otherwise
  /// whoever hangs up before the first token has all prompts read for nothing.
  void abandon(Entry entry, Progress progress) {
    end(entry, charge(entry, progress));
  }

  private void end(Entry entry, double charged) {
    if (entry.waiting) {
      take(entry);
    } else if (entry.running) {
      FairQueue queue = classes[entry.priority()];
      queue.charge(entry, charged);
      queue.end(entry);
    }
  }

  /// When `next` must be asked again if nothing happens before; `Long.MAX_VALUE` if never.
  long nextEvent() {
    long first = byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.first().deadline;
    return blocked && waiting() > 0 && (first == Long.MAX_VALUE || askAgainAt - first < 0)
        ? askAgainAt
        : first;
  }

  /// Calls that wait.
  int waiting() {
    return byDeadline.size();
  }
}
