package dev.forebay.lab.engine;

/// How much an engine computes and holds at once, in vLLM's terms.
///
/// @param maxNumBatchedTokens computed in one iteration at most
/// @param maxNumSeqs sequences running at once at most
/// @param kvBlocks blocks of [#BLOCK_TOKENS] tokens in the KV pool
public record SchedulerConfig(int maxNumBatchedTokens, int maxNumSeqs, int kvBlocks) {

  public static final int BLOCK_TOKENS = 16;

  private static final long BIG_GPU_BYTES = 70L << 30;

  public SchedulerConfig {
    if (maxNumSeqs <= 0) {
      throw new IllegalArgumentException("maxNumSeqs must be > 0, was " + maxNumSeqs);
    }
    if (maxNumBatchedTokens < maxNumSeqs) {
      throw new IllegalArgumentException(
          "maxNumBatchedTokens must be >= maxNumSeqs (%d), was %d"
              .formatted(maxNumSeqs, maxNumBatchedTokens));
    }
    if (kvBlocks <= 0) {
      throw new IllegalArgumentException("kvBlocks must be > 0, was " + kvBlocks);
    }
  }

  /// vLLM's server defaults on that hardware.
  ///
  /// @throws IllegalArgumentException if the weights leave no room for a KV cache
  public static SchedulerConfig of(CostModel cost) {
    boolean big =
        cost.gpu().memoryBytes() >= BIG_GPU_BYTES && !cost.gpu().name().startsWith("a100");
    return new SchedulerConfig(
        big ? 8_192 : 2_048,
        big ? 1_024 : 256,
        Math.toIntExact(cost.kvCapacityTokens() / BLOCK_TOKENS));
  }

  public SchedulerConfig withKvTokens(int tokens) {
    return new SchedulerConfig(maxNumBatchedTokens, maxNumSeqs, blocks(tokens));
  }

  public SchedulerConfig withMaxNumSeqs(int sequences) {
    return new SchedulerConfig(maxNumBatchedTokens, sequences, kvBlocks);
  }

  public SchedulerConfig withMaxNumBatchedTokens(int tokens) {
    return new SchedulerConfig(tokens, maxNumSeqs, kvBlocks);
  }

  static int blocks(int tokens) {
    return Math.ceilDiv(tokens, BLOCK_TOKENS);
  }
}
