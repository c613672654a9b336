package dev.forebay.queue;

import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Degradation.Step;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Progress;
import dev.forebay.queue.Verdict.Drop;
import dev.forebay.queue.Verdict.Start;
import java.util.ArrayDeque;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The calls that wait for room in one pool.
///
/// Better classes come first; within a class tenants share fairly, and within a tenant the earliest
/// deadline comes first. Nobody waits in vain: a call that would be served too late is told so when
/// it comes, by the work that is ahead of it; one that is overdue all the same is given up then;
/// and when the queue is full the worst call in it makes room for a better one.
///
/// A call that was tried before has waited already and goes ahead of all others; as it may not go
/// where it was tried, it holds up nobody. Otherwise the call whose turn it is holds up those
/// behind it until it fits: if smaller ones overtook it, it would never.
///
/// A state machine over all of the layer's behaviour: `offer`, `next`, `grew`, `leave`; time is
/// handed in. Not thread-safe. O(log n) for each call, and O(tenants) when one arrives.
final class PoolQueue {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_RETRY = 40 * SECOND;

  private final FairQueue[] classes = new FairQueue[QueueConfig.CLASSES];
  private final TreeSet<Entry> again = new TreeSet<>(Entry.BY_DEADLINE);
  private final TreeSet<Entry> byDeadline = new TreeSet<>(Entry.BY_DEADLINE);
  private final ArrayDeque<Drop> given = new ArrayDeque<>();
  private final DrainRate drain = new DrainRate();
  private Pool pool;
  private Capacity capacity;
  private QueueConfig config;
  private long order;
  private long askAgainAt;
  private boolean blocked;

  PoolQueue(Pool pool, Capacity capacity, QueueConfig config) {
    this.pool = pool;
    this.capacity = capacity;
    this.config = config;
    for (int i = 0; i < classes.length; i++) {
      classes[i] = new FairQueue();
    }
  }

  /// Goes by another configuration from now on.
  void become(QueueConfig config, Capacity capacity) {
    this.config = config;
    this.capacity = capacity;
  }

  /// A call comes; what becomes of it, and of others because of it, `next` tells.
  ///
  /// @param pool as it is now: a reload may have put another one of that name in its place
  void offer(Entry entry, Pool pool, long now) {
    this.pool = pool;
    drain.look(waiting() > 0, now);
    Call call = entry.call;
    Need need = capacity.need(call);
    entry.need = need;
    entry.deadline = deadline(call);
    entry.order = order++;
    Degradation taken = call.attempt() == null ? Degradation.NONE : call.attempt().degradation();
    entry.guest = taken.takes(Step.MODEL);
    if (entry.guest && waiting() > 0) {
      given.add(new Drop(entry, Reason.POOL_FULL, SECOND));
      return;
    }
    if (!call.replicas().isEmpty()) {
      again.add(entry);
      byDeadline.add(entry);
      entry.waiting = true;
      return;
    }
    FairQueue own = classes[entry.priority()];
    long wait = waitNanos(entry);
    long left = entry.deadline - now;
    long spare = left - capacity.firstContentNanos(need, pool, now);
    if (waiting() > 0
        && wait > Math.min((double) config.maxWait().toNanos(), share(taken) * spare)) {
      given.add(new Drop(entry, Reason.TOO_LATE, comeBackAfter(wait)));
    } else if (waiting() < Math.max(1, config.maxCalls()) || displaced(entry, wait)) {
      own.add(entry);
      byDeadline.add(entry);
    } else {
      given.add(new Drop(entry, Reason.QUEUE_FULL, comeBackAfter(wait)));
    }
  }

  /// How much of its spare time a call may be expected to wait. One that was refused, and comes
  /// back asking for less, may use half of the margin as well.
  private double share(Degradation taken) {
    double early = config.earlyPercent() / 100.0;
    return taken.takes(Step.MAX_TOKENS) ? Math.max(early, (1 + early) / 2) : early;
  }

  private long deadline(Call call) {
    long told = call.deadlineNanos();
    return told == Progress.NEVER
        ? call.arrivedNanos() + config.patience().get(call.caller().priority()).toNanos()
        : told;
  }

  /// Makes room for a newcomer, if anybody is worse.
  private boolean displaced(Entry newcomer, long wait) {
    for (int i = classes.length - 1; i >= newcomer.priority(); i--) {
      Entry worst = classes[i].worst();
      if (worst != null) {
        if (i == newcomer.priority() && !classes[i].better(newcomer, worst)) {
          return false;
        }
        given.add(drop(worst, Reason.DISPLACED, comeBackAfter(wait)));
        return true;
      }
    }
    return false;
  }

  /// How long a newcomer would wait for its turn; 0 if nobody knows.
  private long waitNanos(Entry entry) {
    if (drain.perSecond() == 0) {
      return 0;
    }
    double ahead = classes[entry.priority()].ahead(entry);
    for (int i = 0; i < entry.priority(); i++) {
      ahead += classes[i].work();
    }
    return (long) (ahead / drain.perSecond() * SECOND);
  }

  private static long comeBackAfter(long wait) {
    return Math.clamp(wait, SECOND, LONGEST_RETRY);
  }

  /// What may happen now: to be asked until it is null, after every change and at `nextEvent`.
  @Nullable Verdict next(long now) {
    drain.look(waiting() > 0, now);
    blocked = false;
    if (!given.isEmpty()) {
      return given.poll();
    }
    if (!byDeadline.isEmpty() && byDeadline.first().deadline - now <= 0) {
      return drop(byDeadline.first(), Reason.OVERDUE, SECOND);
    }
    for (Entry entry : again) {
      Verdict verdict = tryStart(entry, now);
      if (verdict != null) {
        return verdict;
      }
    }
    for (FairQueue queue : classes) {
      Entry head = queue.head();
      if (head != null) {
        return tryStart(head, now);
      }
    }
    return null;
  }

  private @Nullable Verdict tryStart(Entry entry, long now) {
    if (capacity.firstContentNanos(entry.need, pool, now) > entry.deadline - now) {
      return drop(entry, Reason.OVERDUE, SECOND);
    }
    return switch (capacity.tryReserve(entry.call, entry.need, pool, entry.deadline, now)) {
      case Reserved(var reservation) -> {
        start(entry);
        yield new Start(entry, reservation);
      }
      case RetryAt(var reason, long at) -> {
        if (config.maxCalls() > 0 && worthWaiting(entry, reason, at, now)) {
          blocked = true;
          askAgainAt = at;
          yield null;
        }
        yield drop(entry, reason, at - now);
      }
    };
  }

  /// For room everybody waits; for an account to open whoever has the time and no other pool.
  private boolean worthWaiting(Entry entry, Reason reason, long at, long now) {
    if (entry.guest) {
      return false;
    }
    return reason == Reason.POOL_FULL
        || (reason == Reason.UPSTREAM_BUSY
            && !entry.goesElsewhere
            && at - now <= config.earlyPercent() / 100.0 * (entry.deadline - now));
  }

  private void start(Entry entry) {
    byDeadline.remove(entry);
    drain.started(entry.need.work());
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

  /// A call has ended or its caller has left, whether it waited or was started. Does nothing for
  /// one that was given up.
  void leave(Entry entry, Progress progress) {
    if (entry.waiting) {
      take(entry);
    } else if (entry.running) {
      FairQueue queue = classes[entry.priority()];
      // Who got nothing is charged nothing.
      queue.charge(entry, progress.content() ? charge(entry, progress) : 0);
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
