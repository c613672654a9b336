package dev.forebay.retry.policy;

import java.util.random.RandomGenerator;

/// All calls pass; the last results are counted.
final class ClosedState implements BreakerState {
  private final BreakerConfig config;
  private final RandomGenerator random;
  private final boolean[] failed;
  private int results;
  private int next;
  private int failures;

  ClosedState(BreakerConfig config, RandomGenerator random) {
    this.config = config;
    this.random = random;
    this.failed = new boolean[config.window()];
  }

  @Override
  public BreakerState at(long now) {
    return this;
  }

  @Override
  public boolean admit(long now) {
    return true;
  }

  @Override
  public BreakerState after(CircuitBreaker.Result result, long now) {
    return switch (result) {
      case NO_VOTE -> this;
      case SUCCEEDED -> {
        count(false);
        yield this;
      }
      case FAILED -> {
        count(true);
        yield broken() ? new OpenState(config, random, config.openFor().toNanos(), now) : this;
      }
    };
  }

  private void count(boolean failure) {
    if (results == failed.length) {
      failures -= failed[next] ? 1 : 0;
    } else {
      results++;
    }
    failed[next] = failure;
    failures += failure ? 1 : 0;
    next = (next + 1) % failed.length;
  }

  private boolean broken() {
    return results >= config.least() && failures >= config.share() * results;
  }

  @Override
  public long refusesForNanos(long now) {
    return 0;
  }
}
