package dev.forebay.lab.load;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// What the calls ask for, where no trace says it.
///
/// @param promptTokens length of each prompt
/// @param outputTokens `max_tokens` of each call
/// @param streamShare share of calls that stream, 0 to 1
/// @param prompts how many different prompts there are; 0 makes every prompt new
/// @param cancelShare share of calls hung up on by the caller, 0 to 1
/// @param cancelDeltas such a caller leaves after 1 to this many deltas (half of the streams)
/// @param cancelWithin or within this time of the intended start (the others)
public record Mix(
    int promptTokens,
    int outputTokens,
    double streamShare,
    int prompts,
    double cancelShare,
    int cancelDeltas,
    Duration cancelWithin) {
  public Mix {
    if (promptTokens < 1) {
      throw new IllegalArgumentException("promptTokens must be >= 1, was " + promptTokens);
    }
    if (outputTokens < 1) {
      throw new IllegalArgumentException("outputTokens must be >= 1, was " + outputTokens);
    }
    if (prompts < 0) {
      throw new IllegalArgumentException("prompts must be >= 0, was " + prompts);
    }
    share("streamShare", streamShare);
    share("cancelShare", cancelShare);
    if (cancelDeltas < 1) {
      throw new IllegalArgumentException("cancelDeltas must be >= 1, was " + cancelDeltas);
    }
    if (!cancelWithin.isPositive()) {
      throw new IllegalArgumentException("cancelWithin must be > 0s, was " + cancelWithin);
    }
  }

  /// Calls of these lengths, every prompt new, every caller patient.
  public static Mix of(int promptTokens, int outputTokens, double streamShare) {
    return new Mix(promptTokens, outputTokens, streamShare, 0, 0, 20, Duration.ofSeconds(2));
  }

  /// This mix with impatient callers.
  public Mix cancelling(double share) {
    return new Mix(
        promptTokens, outputTokens, streamShare, prompts, share, cancelDeltas, cancelWithin);
  }

  /// This mix with `count` different prompts.
  public Mix distinctPrompts(int count) {
    return new Mix(
        promptTokens, outputTokens, streamShare, count, cancelShare, cancelDeltas, cancelWithin);
  }

  Arrival arrival(long number, long atNanos, RandomGenerator random) {
    return arrival(number, atNanos, promptTokens, outputTokens, List.of(), random);
  }

  /// Always takes the same number of values from `random`, so that one share can be changed without
  /// moving the others.
  Arrival arrival(
      long number,
      long atNanos,
      int promptTokens,
      int outputTokens,
      List<Integer> blocks,
      RandomGenerator random) {
    boolean stream = random.nextDouble() < streamShare;
    double pick = random.nextDouble();
    boolean leaves = random.nextDouble() < cancelShare;
    boolean byDeltas = random.nextDouble() < 0.5;
    double when = random.nextDouble();
    long prompt = prompts == 0 ? number : (long) (pick * prompts);
    Patience patience =
        !leaves
            ? new Patience.Stays()
            : stream && byDeltas
                ? new Patience.LeavesAfterDeltas(1 + (int) (when * cancelDeltas))
                : new Patience.LeavesAfterNanos(1 + (long) (when * cancelWithin.toNanos()));
    return new Arrival(atNanos, promptTokens, outputTokens, stream, prompt, blocks, patience);
  }

  private static void share(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + " must be >= 0 and <= 1, was " + share);
    }
  }
}
