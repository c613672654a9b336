package dev.forebay.lab.load;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Tries a law over many seeds; the first that breaks it is named.
final class Seeds {
  private Seeds() {}

  static void forAll(int seeds, Consumer<RandomGenerator> law) {
    for (long seed = 1; seed <= seeds; seed++) {
      try {
        law.accept(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("fails for seed " + seed, e);
      }
    }
  }
}
