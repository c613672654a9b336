package dev.forebay.lab.engine;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Laws over seeds; a failure names the seed that shows it.
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
