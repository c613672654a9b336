package dev.forebay.lab.simulator;

import dev.forebay.lab.engine.CostModel;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.lab.engine.SchedulerConfig;

/// What every replica of a simulated fleet runs on.
public record EngineSpec(CostModel cost, SchedulerConfig scheduler) {

  /// An 8B model on an A100 as vLLM serves it by default, its KV cache cut to 60,000 tokens: with
  /// chat lengths, memory for some 75 answers then runs out before arithmetic does, as it does on
  /// GPUs that their weights nearly fill.
  public static final EngineSpec TIGHT = llama8b(GpuPreset.A100_80, 60_000);

  /// The same model with all the memory that an A100 leaves it, for prompts of 100,000 tokens.
  public static final EngineSpec ROOMY = llama8b(GpuPreset.A100_80, Integer.MAX_VALUE);

  /// Tokens of KV cache.
  public int kvTokens() {
    return scheduler.kvBlocks() * SchedulerConfig.BLOCK_TOKENS;
  }

  private static EngineSpec llama8b(GpuPreset gpu, int kvTokens) {
    var cost = CostModel.of(gpu, ModelPreset.LLAMA_3_8B, 1);
    int most = (int) Math.min(kvTokens, cost.kvCapacityTokens());
    return new EngineSpec(cost, SchedulerConfig.of(cost).withKvTokens(most));
  }
}
