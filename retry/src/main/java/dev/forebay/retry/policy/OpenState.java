package dev.forebay.retry.policy;

import java.util.random.RandomGenerator;

/// No call passes until the time is up.
final class OpenState implements BreakerState {
  /// How much longer than said it may stay open, as a share.
  private static final double SPREAD = 0.2;

  private final BreakerConfig config;
  private final RandomGenerator random;
  private final long lengthNanos;
  private final long until;

  OpenState(BreakerConfig config, RandomGenerator random, long lengthNanos, long now) {
    this.config = config;
    this.random = random;
    this.lengthNanos = lengthNanos;
    this.until = now + lengthNanos + (long) (lengthNanos * SPREAD * random.nextDouble());
  }

  @Override
  public BreakerState at(long now) {
    return now - until >= 0 ? new HalfOpenState(config, random, lengthNanos, now) : this;
  }

  @Override
  public boolean admit(long now) {
    return false;
  }

  @Override
  public BreakerState after(CircuitBreaker.Result result, long now) {
    return this;
  }

  @Override
  public long refusesForNanos(long now) {
    return Math.max(0, until - now);
  }
}
