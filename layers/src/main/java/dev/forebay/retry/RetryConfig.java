package dev.forebay.retry;

/// How often calls may be tried again.
///
/// @param attempts tries of a call at most, the first included, each on another replica; 1..10
/// @param budgetPercent retries that a pool's calls earn, in percent of them; 0..100
public record RetryConfig(int attempts, int budgetPercent) {
  public RetryConfig {
    if (attempts < 1 || attempts > 10) {
      throw new IllegalArgumentException("attempts must be 1..10, was " + attempts);
    }
    if (budgetPercent < 0 || budgetPercent > 100) {
      throw new IllegalArgumentException("budgetPercent must be 0..100, was " + budgetPercent);
    }
  }
}
