package dev.forebay.retry.policy;

import java.time.Duration;

/// What to do after a try that failed.
public sealed interface RetryDecision {
  /// Try once more. The budget has paid for it.
  ///
  /// @param delay how long to wait first
  record Again(Duration delay) implements RetryDecision {}

  /// Tell the caller what went wrong.
  record GiveUp(Reason reason) implements RetryDecision {}

  /// Why a call is not tried again.
  enum Reason {
    /// part of the answer is with the caller already
    CONTENT_SENT,
    /// another try would end the same way, or could do a thing twice
    FINAL,
    /// it was tried as often as it may be
    ATTEMPTS,
    /// the caller's deadline comes before the time to try again
    DEADLINE,
    /// the server asks for a longer wait than anybody is ready for
    TOO_LONG,
    /// retries have become too large a share of all calls
    BUDGET,
    /// the host fails so often that it is left alone
    BREAKER_OPEN
  }
}
