package dev.forebay.lab.outage;

import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/// When stock clients try again, as their code says; each makes two retries at most.
///
/// The delays that the real ones were seen to keep stand in docs/clients.md.
enum Sdk {
  /// `openai` and `anthropic` for Python: obeys up to a minute, else 0.5 s × 2^n up to 8 s, less up
  /// to a quarter. Those for Node obey without an end.
  OPENAI(true) {
    @Override
    double pauseMillis(int retry, Told told, RandomGenerator random) {
      OptionalDouble after = told.afterMillis();
      boolean obeys = after.isPresent() && after.getAsDouble() > 0 && after.getAsDouble() <= 60_000;
      return obeys ? after.getAsDouble() : halfSecondDoubled(retry, random);
    }
  },
  /// `openai-java` 4: the same, but waits for 8 s at most.
  OPENAI_JAVA(true) {
    @Override
    double pauseMillis(int retry, Told told, RandomGenerator random) {
      OptionalDouble after = told.afterMillis();
      return after.isPresent()
          ? Math.clamp(after.getAsDouble(), 0, 8_000)
          : halfSecondDoubled(retry, random);
    }
  },
  /// Vercel's `ai` 6: obeys below a minute, else 2 s × 2^n; does not read `x-should-retry`.
  AI(false) {
    @Override
    double pauseMillis(int retry, Told told, RandomGenerator random) {
      double own = 2_000 * Math.pow(2, retry - 1.0);
      double after = told.afterMillis().orElse(own);
      return after < 60_000 ? after : own;
    }
  },
  /// `langchain4j` 1: 0.5 s × 1.5^n, up to a fifth more; reads nothing of what it is told.
  LANGCHAIN4J(false) {
    @Override
    double pauseMillis(int retry, Told told, RandomGenerator random) {
      return 500 * Math.pow(1.5, retry - 1.0) * (1 + 0.2 * random.nextDouble());
    }
  };

  static final int RETRIES = 2;

  private final boolean readsShouldRetry;

  Sdk(boolean readsShouldRetry) {
    this.readsShouldRetry = readsShouldRetry;
  }

  /// Whether it does as `x-should-retry` says.
  boolean readsShouldRetry() {
    return readsShouldRetry;
  }

  /// Whether it makes a retry, so many having been made.
  final boolean again(int made, Told told) {
    boolean passing = told.passing();
    return made < RETRIES && (readsShouldRetry ? told.again().orElse(passing) : passing);
  }

  /// How long it waits before a retry.
  ///
  /// @param retry 1 for the first
  abstract double pauseMillis(int retry, Told told, RandomGenerator random);

  private static double halfSecondDoubled(int retry, RandomGenerator random) {
    double seconds = Math.min(0.5 * Math.pow(2, retry - 1.0), 8);
    return seconds * 1_000 * (1 - 0.25 * random.nextDouble());
  }
}
