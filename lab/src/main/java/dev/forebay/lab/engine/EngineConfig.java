package dev.forebay.lab.engine;

import java.util.List;
import java.util.OptionalLong;

/// One fake engine.
///
/// @param name told in the header `x-engine-id`
/// @param port 0 takes a free one
/// @param models names it answers to, the first being its own
/// @param timeScale how many times faster than real it runs
/// @param lengths of answers whose length the request leaves open
/// @param maxModelLen tokens of prompt and answer together at most
/// @param prefixCacheTokens of prompts remembered to skip their prefill; 0 turns that off
/// @param randomChunking seed for cutting and merging events at random; empty sends each by itself
public record EngineConfig(
    String name,
    int port,
    List<String> models,
    CostModel cost,
    SchedulerConfig scheduler,
    double timeScale,
    OutputLengths lengths,
    int maxModelLen,
    long prefixCacheTokens,
    OptionalLong randomChunking) {

  public EngineConfig {
    models = List.copyOf(models);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be in [0, 65535], was " + port);
    }
    if (models.isEmpty()) {
      throw new IllegalArgumentException("models must not be empty");
    }
    if (!(timeScale > 0)) {
      throw new IllegalArgumentException("timeScale must be > 0, was " + timeScale);
    }
    if (maxModelLen < 2) {
      throw new IllegalArgumentException("maxModelLen must be > 1, was " + maxModelLen);
    }
    if (prefixCacheTokens < 0) {
      throw new IllegalArgumentException(
          "prefixCacheTokens must be >= 0, was " + prefixCacheTokens);
    }
  }

  /// An engine with vLLM's defaults for that hardware, in real time, on a free port.
  public static EngineConfig of(GpuPreset gpu, ModelPreset model, int gpus) {
    var cost = CostModel.of(gpu, model, gpus);
    return new EngineConfig(
        "engine-0",
        0,
        List.of(model.name()),
        cost,
        SchedulerConfig.of(cost),
        1,
        OutputLengths.CHAT,
        32_768,
        0,
        OptionalLong.empty());
  }

  public EngineConfig withName(String newName) {
    return new EngineConfig(
        newName,
        port,
        models,
        cost,
        scheduler,
        timeScale,
        lengths,
        maxModelLen,
        prefixCacheTokens,
        randomChunking);
  }

  public EngineConfig withPort(int newPort) {
    return new EngineConfig(
        name,
        newPort,
        models,
        cost,
        scheduler,
        timeScale,
        lengths,
        maxModelLen,
        prefixCacheTokens,
        randomChunking);
  }

  public EngineConfig withModels(String... names) {
    return new EngineConfig(
        name,
        port,
        List.of(names),
        cost,
        scheduler,
        timeScale,
        lengths,
        maxModelLen,
        prefixCacheTokens,
        randomChunking);
  }

  public EngineConfig withScheduler(SchedulerConfig newScheduler) {
    return new EngineConfig(
        name,
        port,
        models,
        cost,
        newScheduler,
        timeScale,
        lengths,
        maxModelLen,
        prefixCacheTokens,
        randomChunking);
  }

  public EngineConfig withTimeScale(double newTimeScale) {
    return new EngineConfig(
        name,
        port,
        models,
        cost,
        scheduler,
        newTimeScale,
        lengths,
        maxModelLen,
        prefixCacheTokens,
        randomChunking);
  }

  public EngineConfig withLengths(OutputLengths newLengths) {
    return new EngineConfig(
        name,
        port,
        models,
        cost,
        scheduler,
        timeScale,
        newLengths,
        maxModelLen,
        prefixCacheTokens,
        randomChunking);
  }

  public EngineConfig withMaxModelLen(int tokens) {
    return new EngineConfig(
        name,
        port,
        models,
        cost,
        scheduler,
        timeScale,
        lengths,
        tokens,
        prefixCacheTokens,
        randomChunking);
  }

  public EngineConfig withPrefixCacheTokens(long tokens) {
    return new EngineConfig(
        name,
        port,
        models,
        cost,
        scheduler,
        timeScale,
        lengths,
        maxModelLen,
        tokens,
        randomChunking);
  }

  public EngineConfig withRandomChunking(long seed) {
    return new EngineConfig(
        name,
        port,
        models,
        cost,
        scheduler,
        timeScale,
        lengths,
        maxModelLen,
        prefixCacheTokens,
        OptionalLong.of(seed));
  }
}
