package dev.forebay.client;

import dev.forebay.retry.policy.CircuitBreaker.Passage;
import dev.forebay.retry.policy.CircuitBreaker.Result;
import dev.forebay.retry.policy.Failure;
import dev.forebay.retry.policy.RetryDecision;
import dev.forebay.retry.policy.RetryDecision.Again;
import dev.forebay.retry.policy.RetryDecision.GiveUp;
import dev.forebay.retry.policy.RetryDecision.Reason;
import dev.forebay.retry.policy.RetryRules;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One call from its first try to its end. Tries come one after another; only the deadline and the
/// caller's cancelling come from the side, and whichever of all ends the call first, wins.
final class Call {
  /// What a call needs of its client.
  record Tools(Transport transport, Timers timers, RetryRules rules, RandomGenerator random) {}

  /// What is sent at each try.
  ///
  /// @param request makes it, given the time left
  /// @param work what a try costs of the budget
  record Sending(Function<Duration, HttpRequest> request, boolean repeatable, long work) {}

  private final Tools tools;
  private final Host host;
  private final Sending sending;
  private final Reading reading;
  private final Duration deadline;
  private final long deadlineAt;

  private final CompletableFuture<OpenResponse> result = new CompletableFuture<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicReference<Runnable> abandon = new AtomicReference<>(() -> {});
  private volatile Attempt.@Nullable Failed lastFailure;

  Call(Tools tools, Host host, Sending sending, Reading reading, Duration deadline) {
    this.tools = tools;
    this.host = host;
    this.sending = sending;
    this.reading = reading;
    this.deadline = deadline;
    this.deadlineAt = tools.timers().nanoTime() + deadline.toNanos();
  }

  /// Begins. Cancelling the future ends the call and closes its connection.
  CompletableFuture<OpenResponse> start() {
    Timers.Timer timer = tools.timers().after(deadline, this::tooLate);
    result.whenComplete((response, failure) -> {
      timer.cancel();
      if (failure != null) {
        abandon.get().run();
      }
    });
    host.budget().call(sending.work());
    attempt();
    return result;
  }

  private void tooLate() {
    result.completeExceptionally(
        new DeadlineException(deadline, attempts.get(), cause(Reason.DEADLINE)));
  }

  private @Nullable CallException cause(Reason reason) {
    Attempt.Failed failed = lastFailure;
    return failed == null ? null : failed.exception(reason);
  }

  private Duration left() {
    return Duration.ofNanos(deadlineAt - tools.timers().nanoTime());
  }

  private void attempt() {
    if (result.isDone()) {
      return;
    }
    long now = tools.timers().nanoTime();
    Passage passage = host.breaker().enter(now);
    if (passage == null) {
      var wait = Duration.ofNanos(host.breaker().closedForNanos(now));
      result.completeExceptionally(
          new BreakerOpenException(host.name(), wait, attempts.get(), cause(Reason.BREAKER_OPEN)));
      return;
    }
    var attempt = new Attempt(tools, reading, attempts.incrementAndGet());
    begin(() -> {
      attempt.cancel();
      vote(passage, Result.NO_VOTE);
    });
    attempt
        .send(sending.request().apply(left()))
        .whenComplete((ended, fault) -> {
          if (fault != null) {
            // a fault of our own: the caller learns of it, and the host is not blamed
            vote(passage, Result.NO_VOTE);
            result.completeExceptionally(fault);
          } else {
            ended(ended, passage);
          }
        });
  }

  /// From now on ending the call means this.
  private void begin(Runnable whenAbandoned) {
    abandon.set(whenAbandoned);
    if (result.isDone()) {
      // it ended just before it could know of this
      whenAbandoned.run();
    }
  }

  private void ended(Attempt.Ended ended, Passage passage) {
    if (ended instanceof Attempt.Served served) {
      vote(passage, Result.SUCCEEDED);
      // The caller's own steps may wait for the stream; on this thread nothing of it would arrive.
      tools.timers().soon(() -> handOver(served.response()));
    } else if (ended instanceof Attempt.Failed failed) {
      vote(passage, failed.failure().vote());
      if (!result.isDone()) {
        decide(failed);
      }
    }
  }

  private void handOver(OpenResponse response) {
    if (!result.complete(response)) {
      response.close();
    }
  }

  private void decide(Attempt.Failed failed) {
    var standing =
        new RetryRules.Standing(
            attempts.get(), false, sending.repeatable(), sending.work(), left());
    Failure failure = failed.failure();
    RetryDecision decision = tools.rules().decide(failure, standing, host.budget(), tools.random());
    if (decision instanceof Again again) {
      lastFailure = failed;
      begin(tools.timers().after(again.delay(), this::attempt)::cancel);
    } else if (decision instanceof GiveUp giveUp) {
      result.completeExceptionally(failed.exception(giveUp.reason()));
    }
  }

  private void vote(Passage passage, Result vote) {
    passage.end(vote, tools.timers().nanoTime());
  }
}
