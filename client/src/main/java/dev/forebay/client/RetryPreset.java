package dev.forebay.client;

import dev.forebay.retry.policy.Backoff;
import dev.forebay.retry.policy.RetryRules;
import java.time.Duration;

/// Rules of retrying by name. Whatever their numbers, all have full jitter, obey the server's word
/// and stay within the budget.
public enum RetryPreset {
  /// Three tries, from half a second to 20 s: where a gateway that tries again itself stands in
  /// front, or the caller is a person.
  STANDARD(3, Duration.ofMillis(500), Duration.ofSeconds(20)),

  /// Five tries, from 1 s to 30 s: the numbers many a guide gives, for jobs that can wait.
  PATIENT(5, Duration.ofSeconds(1), Duration.ofSeconds(30)),

  /// One try.
  NONE(1, Duration.ofSeconds(1), Duration.ofSeconds(1));

  private final int attempts;
  private final Duration base;
  private final Duration cap;

  RetryPreset(int attempts, Duration base, Duration cap) {
    this.attempts = attempts;
    this.base = base;
    this.cap = cap;
  }

  public RetryRules rules() {
    return new RetryRules(attempts, new Backoff(base, cap), Duration.ofSeconds(60));
  }
}
