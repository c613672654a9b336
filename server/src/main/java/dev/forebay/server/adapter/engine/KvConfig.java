package dev.forebay.server.adapter.engine;

import dev.forebay.server.setting.Check;

/// How large the KV cache of each replica of a pool is, where its engine does not say.
///
/// @param tokens that it holds; 0 if the engine says it, or it is to be computed
/// @param model whose shape counts: a name, or the path of its `config.json`; the pool's first if
///   empty
/// @param gpu on what a replica runs, by its name in `gpus.yaml`; nothing is computed if empty
/// @param gpus that share the model
/// @param memoryPercent of a GPU's memory that the engine takes
/// @param weights bytes that the model's weights take; 0 if they follow from its name
/// @param preallocates whether the engine takes all its memory at its start, so that nothing
///   follows from how little is left
public record KvConfig(
    long tokens,
    String model,
    String gpu,
    int gpus,
    int memoryPercent,
    long weights,
    boolean preallocates) {
  public KvConfig {
    Check.between("tokens", tokens, 0, 1_000_000_000_000L);
    Check.between("gpus", gpus, 1, 1024);
    Check.between("memoryPercent", memoryPercent, 1, 100);
    Check.between("weights", weights, 0, 1L << 50);
    if (!gpu.isEmpty() && !KnownModels.GPUS.containsKey(gpu)) {
      throw new IllegalArgumentException(
          "gpu must be one of %s, was %s"
              .formatted(String.join(", ", KnownModels.GPUS.keySet()), gpu));
    }
  }
}
