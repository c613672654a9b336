package dev.forebay.retry;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Fleet.Destination;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.retry.Ladder.Rung;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One call's way through the pools that may serve it: replica after replica of its own pool, and
/// when there is none left, of the pools that stand in for it, in their order. Where it would be
/// refused after that, the rungs of its ladder follow.
///
/// An attempt that follows one on a replica is a retry, wherever it goes, and is paid by the budget
/// of the pool that was asked first: it was that pool's trouble. Going on from a pool that could
/// name no replica is free, as nobody was asked. Belongs to the call's loop.
final class Course {
  private final Call call;
  private final Next next;
  private final RetryPolicy policy;
  private final Fleet fleet;
  private final RetryBudgets budgets;
  private final Ladder ladder;
  private final @Nullable Pool own;

  /// The pools that can still be asked, the next one first.
  private final Deque<Destination> others = new ArrayDeque<>();

  private @Nullable Pool pool;
  private String model;
  private Degradation degradation = Degradation.NONE;
  private @Nullable Pool askedFirst;
  private @Nullable Iterator<Rung> rungs;
  private Set<Account> refused = Set.of();
  private boolean paid;
  private @Nullable Outcome told;

  Course(
      Call call, Next next, RetryPolicy policy, Fleet fleet, RetryBudgets budgets, Ladder ladder) {
    this.call = call;
    this.next = next;
    this.policy = policy;
    this.fleet = fleet;
    this.budgets = budgets;
    this.ladder = ladder;
    this.model = call.request().model();
    // None for what only the replica of a stored object can serve; that is never sent twice.
    this.own = fleet.poolFor(call.request());
    this.pool = own;
  }

  void begin() {
    if (own != null) {
      others.addAll(fleet.fallbacks(call.request(), own));
      others.removeIf(there -> !there.model().equals(model) && !call.renames());
    }
    countCall();
    attempt();
  }

  private void attempt() {
    Attempt attempt = call.attempt(this::ended);
    if (pool != null) {
      attempt.in(pool.name(), model);
    }
    for (Destination there : others) {
      if (mayAsk(there.pool())) {
        attempt.othersFollow();
      }
    }
    if (!degradation.isNone()) {
      attempt.degraded(degradation);
    }
    next.proceed(call);
  }

  private void ended(Outcome outcome) {
    if (call.tried().getLast().replica() == null) {
      foundNobody(outcome);
    } else {
      asked(outcome);
    }
  }

  private void asked(Outcome outcome) {
    told = outcome;
    paid = false;
    if (askedFirst == null) {
      askedFirst = pool;
    }
    if (!policy.again(call, outcome)) {
      call.end(outcome);
    } else if (!pay()) {
      call.cannotAffordRetry();
      call.end(outcome);
    } else if (isTheAccounts(outcome)) {
      leaveAccount();
      goOn(outcome);
    } else {
      attempt();
    }
  }

  private void foundNobody(Outcome outcome) {
    if (told == null) {
      told = outcome;
    } else if (degradation.isNone()) {
      // That there was no room for less, either, says nothing of when there will be for this call.
      told = worthTelling(told, outcome);
    } else if (told instanceof Shed && isOverdue(outcome)) {
      // It waited in this form until its time was up; what was foreseen before that is stale.
      told = outcome;
    }
    goOn(told);
  }

  /// Tries the next of the other pools, or a smaller form of a call that would be refused; or ends
  /// the call.
  private void goOn(Outcome otherwise) {
    if (!nextPool() && !(otherwise instanceof Shed && nextRung())) {
      if (paid && askedFirst != null) {
        budgets.of(askedFirst).notMade(work());
      }
      call.end(otherwise);
      return;
    }
    if (askedFirst == null && pool != own) {
      countCall();
    }
    attempt();
  }

  private boolean nextPool() {
    while (!others.isEmpty()) {
      Destination there = others.remove();
      if (mayAsk(there.pool())) {
        pool = there.pool();
        model = there.model();
        return true;
      }
    }
    return false;
  }

  private boolean nextRung() {
    if (rungs == null) {
      rungs = own == null ? null : ladder.rungs(call, fleet, own).iterator();
    }
    while (rungs != null && rungs.hasNext()) {
      Rung rung = rungs.next();
      if (mayAsk(rung.pool())) {
        pool = rung.pool();
        model = rung.model();
        degradation = rung.degradation();
        return true;
      }
    }
    return false;
  }

  private boolean mayAsk(Pool other) {
    Account account = other.account();
    return account == null || !refused.contains(account);
  }

  private static boolean isOverdue(Outcome outcome) {
    return outcome instanceof Shed(Reason reason, _) && reason == Reason.OVERDUE;
  }

  /// Whether any other replica on the same account would say the same.
  private static boolean isTheAccounts(Outcome outcome) {
    return outcome instanceof Failed failed
        && (failed.cause() == Cause.UPSTREAM_ACCOUNT || failed.cause() == Cause.UPSTREAM_FORBIDDEN);
  }

  private void leaveAccount() {
    Account account = pool == null ? null : pool.account();
    if (account != null) {
      refused = new HashSet<>(refused);
      refused.add(account);
    }
  }

  /// The caller learns what went wrong, not that no replica was left to try; and if all there is to
  /// say is that it should come back, when that is worth it first. That one pool can never serve it
  /// is not worth telling where another one may.
  private Outcome worthTelling(Outcome before, Outcome nobody) {
    if (askedFirst == null && before instanceof Failed) {
      return nobody;
    }
    return before instanceof Shed(var reason, Duration after)
            && nobody instanceof Shed(var laterReason, Duration laterAfter)
            && (askedFirst == null || laterReason == reason)
            && (after.isZero() || laterAfter.compareTo(after) < 0)
        ? nobody
        : before;
  }

  private void countCall() {
    if (pool != null) {
      budgets.of(pool).call(pool, work(), call.loop().nanoTime());
    }
  }

  private boolean pay() {
    paid =
        askedFirst == null
            || budgets.of(askedFirst).tryRetry(askedFirst, work(), call.loop().nanoTime());
    return paid;
  }

  private long work() {
    return call.request().work();
  }
}
