package dev.forebay.retry.policy;

/// One state of a [CircuitBreaker], guarded by it.
sealed interface BreakerState permits ClosedState, OpenState, HalfOpenState {
  /// The state that time alone has made of this one.
  BreakerState at(long now);

  /// Whether one more call may pass; if so it has begun.
  boolean admit(long now);

  /// The state after a call that this one let through has ended.
  BreakerState after(CircuitBreaker.Result result, long now);

  /// How long no call passes, for all that is known; 0 if one may now.
  long refusesForNanos(long now);
}
