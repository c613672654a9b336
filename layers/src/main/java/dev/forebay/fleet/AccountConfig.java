package dev.forebay.fleet;

/// What a provider lets one account have; 0 where it sets no limit.
///
/// @param concurrency calls under way at once, 0..10^6
/// @param requests calls in a minute, 0..10^9
/// @param tokens in a minute, prompt and completion together, 0..10^9
public record AccountConfig(int concurrency, int requests, int tokens) {
  public static final AccountConfig NONE = new AccountConfig(0, 0, 0);

  private static final int MOST_CALLS = 1_000_000;
  private static final int MOST_UNITS = 1_000_000_000;

  public AccountConfig {
    bounded("concurrency", concurrency, MOST_CALLS);
    bounded("requests", requests, MOST_UNITS);
    bounded("tokens", tokens, MOST_UNITS);
  }

  private static void bounded(String name, int value, int most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(name + " must be 0.." + most + ", was " + value);
    }
  }
}
