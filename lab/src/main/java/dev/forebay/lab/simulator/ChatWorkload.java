package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Wishes.Wish;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Chats of four equal tenants who know nothing of each other: Poisson arrivals, lognormal lengths.
///
/// @param promptMedian tokens
/// @param promptSigma of the logarithm
/// @param outputMedian tokens
/// @param outputSigma of the logarithm
public record ChatWorkload(
    String name, int promptMedian, double promptSigma, int outputMedian, double outputSigma)
    implements Workload {
  private static final int TENANTS = 4;
  private static final int LONGEST_PROMPT = 16_000;
  private static final int LONGEST_OUTPUT = 4_096;

  /// Short prompts, short answers.
  public static final ChatWorkload SYNTHETIC = new ChatWorkload("synthetic", 400, 1.0, 200, 0.7);

  /// The same with answers of which a few are very long.
  public static final ChatWorkload HEAVY_TAIL = new ChatWorkload("heavy-tail", 400, 1.0, 200, 1.3);

  @Override
  public EngineSpec engine() {
    return EngineSpec.TIGHT;
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    return Wishes.intents(Chats::new, pace, length, seed);
  }

  private final class Chats implements Wishes.Source {
    private final RandomGenerator times;
    private final RandomGenerator contents;

    Chats(RandomGenerator times, RandomGenerator contents) {
      this.times = times;
      this.contents = contents;
    }

    @Override
    public double gap() {
      return times.nextExponential();
    }

    @Override
    public Wish wish() {
      return new Wish(
          "tenant-" + contents.nextInt(TENANTS),
          tokens(promptMedian, promptSigma, LONGEST_PROMPT, contents),
          tokens(outputMedian, outputSigma, LONGEST_OUTPUT, contents),
          List.of());
    }
  }

  private static int tokens(int median, double sigma, int most, RandomGenerator random) {
    return (int) Math.clamp(median * Math.exp(sigma * random.nextGaussian()), 1, most);
  }
}
