package dev.forebay.client;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Runs a law over seeds; the first failure names its seed.
final class Seeds {
  private Seeds() {}

  static void forAll(int seeds, Consumer<RandomGenerator> law) {
    for (long seed = 1; seed <= seeds; seed++) {
      try {
        law.accept(random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("fails for seed " + seed, e);
      }
    }
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
