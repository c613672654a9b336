package dev.forebay.retry;

/// How often one call may be tried.
///
/// @param attempts tries of a call at most, the first included, each on another replica
public record RetryConfig(int attempts) {
  public RetryConfig {
    if (attempts < 1 || attempts > 10) {
      throw new IllegalArgumentException("attempts must be 1..10, was " + attempts);
    }
  }
}
