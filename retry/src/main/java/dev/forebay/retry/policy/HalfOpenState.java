package dev.forebay.retry.policy;

import java.util.random.RandomGenerator;

/// Few calls pass, to see whether the host works again.
final class HalfOpenState implements BreakerState {
  private final BreakerConfig config;
  private final RandomGenerator random;
  private final long lengthNanos;
  private int underWay;
  private int successes;
  private long lastAdmitted;

  /// @param lengthNanos how long it was open before
  HalfOpenState(BreakerConfig config, RandomGenerator random, long lengthNanos, long now) {
    this.config = config;
    this.random = random;
    this.lengthNanos = lengthNanos;
    this.lastAdmitted = now;
  }

  @Override
  public BreakerState at(long now) {
    return this;
  }

  @Override
  public boolean admit(long now) {
    // An answer may take minutes; a probe that is still out must not keep everybody out.
    if (underWay >= config.probes() && now - lastAdmitted < lengthNanos) {
      return false;
    }
    underWay++;
    lastAdmitted = now;
    return true;
  }

  @Override
  public BreakerState after(CircuitBreaker.Result result, long now) {
    underWay--;
    return switch (result) {
      case NO_VOTE -> this;
      case SUCCEEDED -> ++successes >= config.probes() ? new ClosedState(config, random) : this;
      case FAILED -> {
        long twice = Math.min(config.openAtMost().toNanos(), lengthNanos * 2);
        yield new OpenState(config, random, twice, now);
      }
    };
  }

  @Override
  public long refusesForNanos(long now) {
    return underWay < config.probes() ? 0 : Math.max(0, lengthNanos - (now - lastAdmitted));
  }
}
