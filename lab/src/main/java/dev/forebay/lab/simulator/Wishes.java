package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Turns distances and lengths into intents, and adds what no trace tells: how many characters a
/// token has, and what bound callers set.
final class Wishes {
  /// Characters a token, as the gateway's rule of thumb takes them; texts differ by some 15 %.
  private static final double CHARS_PER_TOKEN = 1 / 0.3;

  private static final double CHARS_SIGMA = 0.15;

  /// Half of the callers set no bound, the others a round one.
  private static final int[] BOUNDS = {0, 0, 0, 0, 512, 1_024, 2_048, 4_096};

  private Wishes() {}

  /// Whose intent comes next, when and how long; of one run.
  interface Source {
    /// The distance to the last intent, mean 1; the pace gives it its unit.
    double gap();

    Wish wish();
  }

  /// One wish.
  ///
  /// @param blocks ids of shared 512-token prefix blocks; empty where nothing is known of them
  record Wish(String tenant, int promptTokens, int outputTokens, List<Integer> blocks) {}

  /// @param source gets two generators, so that what is asked does not move with when
  static List<Intent> intents(
      BiFunction<RandomGenerator, RandomGenerator, Source> source,
      Pace pace,
      Duration length,
      long seed) {
    var contents = random(seed ^ 0x5DEECE66DL);
    Source wishes = source.apply(random(seed), contents);
    List<Intent> intents = new ArrayList<>();
    double count = 0;
    while (true) {
      count += wishes.gap();
      double second = pace.secondOf(count);
      if (!(second * 1e9 < length.toNanos())) {
        return List.copyOf(intents);
      }
      intents.add(intent(intents.size(), (long) (second * 1e9), wishes.wish(), contents));
    }
  }

  static Intent intent(int number, long at, Wish wish, RandomGenerator random) {
    double factor = Math.exp(random.nextGaussian() * CHARS_SIGMA) * CHARS_PER_TOKEN;
    int bound = BOUNDS[random.nextInt(BOUNDS.length)];
    int output = bound == 0 ? wish.outputTokens : Math.min(bound, wish.outputTokens);
    return new Intent(
        number,
        at,
        wish.tenant,
        1,
        wish.promptTokens,
        (int) Math.ceil(wish.promptTokens * factor),
        output,
        bound,
        wish.blocks);
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
