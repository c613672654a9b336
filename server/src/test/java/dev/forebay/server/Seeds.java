package dev.forebay.server;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Tries a law on many random cases; a failing one is named by its seed.
public final class Seeds {
  private Seeds() {}

  /// What must hold for every case that the generator can make.
  public interface Law {
    void check(RandomGenerator random) throws Exception;
  }

  /// Checks the law for seeds 1 to `seeds`.
  public static void forAll(int seeds, Law law) {
    for (long seed = 1; seed <= seeds; seed++) {
      try {
        law.check(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("fails for seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /// The text with one to three random changes: a character put in, left out or replaced, or the
  /// rest cut off.
  ///
  /// @param spice the characters put in
  public static String mutated(String text, String spice, RandomGenerator random) {
    StringBuilder mutated = new StringBuilder(text);
    for (int i = random.nextInt(1, 4); i > 0 && !mutated.isEmpty(); i--) {
      int at = random.nextInt(mutated.length());
      char c = spice.charAt(random.nextInt(spice.length()));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> mutated.setCharAt(at, c);
        case 3, 4, 5 -> mutated.insert(at, c);
        case 6, 7, 8 -> mutated.deleteCharAt(at);
        default -> mutated.setLength(at);
      }
    }
    return mutated.toString();
  }
}
