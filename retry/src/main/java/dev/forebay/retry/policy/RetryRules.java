package dev.forebay.retry.policy;

import dev.forebay.retry.policy.RetryDecision.Again;
import dev.forebay.retry.policy.RetryDecision.GiveUp;
import dev.forebay.retry.policy.RetryDecision.Reason;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Decides whether and when a call that failed is tried again. Stateless; what all calls share is
/// in the budget.
///
/// @param attempts tries of a call at most, the first included; 1..10
/// @param backoff how long to wait where the server did not say
/// @param maxPause longest wait a server may ask for; beyond it the call is given up at once
public record RetryRules(int attempts, Backoff backoff, Duration maxPause) {
  /// Spread on top of what the server said, as a share of it. Upward only: who was told when to
  /// come back is never early, and those who were told the same do not come back in one moment.
  private static final double SPREAD = 0.1;

  public RetryRules {
    if (attempts < 1 || attempts > 10) {
      throw new IllegalArgumentException("attempts must be 1..10, was " + attempts);
    }
    if (maxPause.isNegative()) {
      throw new IllegalArgumentException("maxPause must be >= 0s, was " + maxPause);
    }
  }

  /// How a call stands after a try.
  ///
  /// @param attempts tries so far, 1 or more
  /// @param contentSent whether the caller has seen any of the answer
  /// @param repeatable whether doing the request twice does no harm
  /// @param work what one try costs, in the budget's units
  /// @param left time until the caller's deadline
  public record Standing(
      int attempts, boolean contentSent, boolean repeatable, long work, Duration left) {}

  /// Whether to try again, and when. The budget pays last, so only for tries that will be made.
  public RetryDecision decide(
      Failure failure, Standing call, RetryBudget budget, RandomGenerator random) {
    if (call.contentSent()) {
      return new GiveUp(Reason.CONTENT_SENT);
    }
    if (!failure.retryable(call.repeatable())) {
      return new GiveUp(Reason.FINAL);
    }
    if (call.attempts() >= attempts) {
      return new GiveUp(Reason.ATTEMPTS);
    }
    Duration delay = delay(failure.hint(), call.attempts(), random);
    if (delay.compareTo(call.left()) >= 0) {
      return new GiveUp(Reason.DEADLINE);
    }
    if (failure.hint().delay().orElse(Duration.ZERO).compareTo(maxPause) > 0) {
      return new GiveUp(Reason.TOO_LONG);
    }
    return budget.tryRetry(call.work()) ? new Again(delay) : new GiveUp(Reason.BUDGET);
  }

  private Duration delay(ServerHint hint, int retry, RandomGenerator random) {
    Duration told = hint.delay().orElse(Duration.ZERO);
    if (told.isZero()) {
      // "at once", said to everybody, would bring everybody back in one moment
      return backoff.delay(retry, random);
    }
    return told.plusNanos((long) (told.toNanos() * SPREAD * random.nextDouble()));
  }
}
