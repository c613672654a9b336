package dev.forebay.lab.simulator;

import dev.forebay.lab.engine.CostModel;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.lab.engine.SchedulerConfig;

/// What every replica of a simulated fleet runs on.
///
/// @param prefixCache whether the beginnings of prompts are remembered, where a workload tells them
public record EngineSpec(CostModel cost, SchedulerConfig scheduler, boolean prefixCache) {

  /// An 8B model on an A100 as vLLM serves it by default, its KV cache cut to 60,000 tokens: with
  /// chat lengths, memory for some 75 answers then runs out before arithmetic does, as it does on
  /// GPUs that their weights nearly fill.
  public static final EngineSpec TIGHT = tight();

  /// The same model on an H100 with all the memory that is left, in steps of 512 tokens, as is set
  /// where prompts are long and tokens are to come every 50 ms all the same.
  public static final EngineSpec LONG_PROMPTS = longPrompts();

  /// An engine that computes every prompt from its first token.
  public EngineSpec(CostModel cost, SchedulerConfig scheduler) {
    this(cost, scheduler, false);
  }

  public EngineSpec withPrefixCache() {
    return new EngineSpec(cost, scheduler, true);
  }

  /// Tokens of KV cache.
  public int kvTokens() {
    return scheduler.kvBlocks() * SchedulerConfig.BLOCK_TOKENS;
  }

  private static EngineSpec tight() {
    var cost = CostModel.of(GpuPreset.A100_80, ModelPreset.LLAMA_3_8B, 1);
    return new EngineSpec(cost, SchedulerConfig.of(cost).withKvTokens(60_000));
  }

  private static EngineSpec longPrompts() {
    var cost = CostModel.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1);
    return new EngineSpec(
        cost, SchedulerConfig.of(cost).withMaxNumSeqs(512).withMaxNumBatchedTokens(512));
  }
}
