package dev.forebay.lab.engine;

/// What one iteration of a batch costs on some GPUs, by a smoothed roofline.
///
/// Reading the weights and multiplying by them overlap, hence a p-norm rather than a sum; reading
/// the KV cache and the attention of prefill come on top. Immutable.
///
/// @param gpus tensor parallel width
/// @param overheadSeconds host time of an iteration: 0.8 ms for engines of 2024 on, 12 ms for 2022
/// @param bandwidthUse share of the memory bandwidth that reading weights reaches (MBU)
/// @param arithmeticUse share of the peak arithmetic that a long prefill reaches (MFU)
public record CostModel(
    GpuPreset gpu,
    ModelPreset model,
    int gpus,
    double overheadSeconds,
    double bandwidthUse,
    double arithmeticUse) {

  private static final double P = 1.5;
  private static final double KV_BANDWIDTH_USE = 0.75;
  private static final double ATTENTION_USE = 0.5;
  private static final double MEMORY_USE = 0.90;
  private static final double RUNTIME_BYTES = 3e9;

  public CostModel {
    if (gpus <= 0) {
      throw new IllegalArgumentException("gpus must be > 0, was " + gpus);
    }
    if (overheadSeconds < 0) {
      throw new IllegalArgumentException("overheadSeconds must be >= 0, was " + overheadSeconds);
    }
    if (bandwidthUse <= 0 || bandwidthUse > 1 || arithmeticUse <= 0 || arithmeticUse > 1) {
      throw new IllegalArgumentException(
          "bandwidthUse and arithmeticUse must be in (0, 1], were %s, %s"
              .formatted(bandwidthUse, arithmeticUse));
    }
  }

  /// An engine of today.
  public static CostModel of(GpuPreset gpu, ModelPreset model, int gpus) {
    return new CostModel(gpu, model, gpus, 0.0008, 0.68, 0.62);
  }

  /// Prefilling `chunk` tokens after `before` computed ones makes this many query-key pairs.
  public static double pairs(int chunk, int before) {
    return chunk * (before + chunk / 2.0);
  }

  /// Wall time of one iteration.
  ///
  /// @param tokens computed in it, decodes and prefill chunks together
  /// @param context tokens of KV cache its decodes read
  /// @param pairs query-key pairs of its prefill chunks, see [#pairs]
  public long iterationNanos(int tokens, long context, double pairs) {
    // t = t0 + (a^p + (b·n)^p)^(1/p) + k·C + s·Q
    double linear =
        Math.pow(Math.pow(weightSeconds(), P) + Math.pow(secondsPerToken() * tokens, P), 1 / P);
    double seconds =
        overheadSeconds + linear + secondsPerContextToken() * context + secondsPerPair() * pairs;
    return Math.max(1, Math.round(seconds * 1e9));
  }

  /// Tokens of KV cache that fit beside the weights; 0 if the weights do not fit at all.
  public long kvCapacityTokens() {
    double free = (gpu.memoryBytes() * MEMORY_USE - RUNTIME_BYTES) * gpus - model.weightBytes();
    return Math.max(0, (long) (free / model.kvBytesPerToken()));
  }

  private double weightSeconds() {
    return model.activeParameters()
        * model.bytesPerParameter()
        / (gpus * bandwidthUse * gpu.bytesPerSecond());
  }

  private double secondsPerToken() {
    return 2 * model.activeParameters() / (gpus * arithmeticUse * gpu.flops());
  }

  private double secondsPerContextToken() {
    return model.kvBytesPerToken() / (gpus * KV_BANDWIDTH_USE * gpu.bytesPerSecond());
  }

  private double secondsPerPair() {
    return 4.0 * model.layers() * model.attentionWidth() / (gpus * ATTENTION_USE * gpu.flops());
  }
}
