package dev.forebay.gpu;

/// How many tokens the KV cache of an engine holds, for engines that do not say.
///
/// An engine takes a share of its GPU's memory, puts the weights there, needs some for running, and
/// makes KV cache of what is left:
///
/// `floor((memory × utilisation - weights - runtime) / bytesPerToken)`, each per GPU.
public final class KvFormula {
  /// What CUDA and the largest activations take.
  static final double RUNTIME_BYTES = 1L << 30;

  private KvFormula() {}

  /// Tokens that fit; 0 if not even the weights do.
  ///
  /// @param memoryBytes of one GPU, or one slice of it
  /// @param utilisation share of it that the engine takes, in (0, 1]
  /// @param weightBytes of the whole model
  /// @param gpus that share the model
  public static long tokens(
      KvShape shape, double memoryBytes, double utilisation, double weightBytes, int gpus) {
    if (!(utilisation > 0 && utilisation <= 1)) {
      throw new IllegalArgumentException("utilisation must be in (0, 1], was " + utilisation);
    }
    if (!(memoryBytes >= 0 && weightBytes >= 0) || gpus < 1) {
      throw new IllegalArgumentException(
          "memory and weights must be >= 0 and gpus >= 1, were %s, %s and %d"
              .formatted(memoryBytes, weightBytes, gpus));
    }
    double left = memoryBytes * utilisation - weightBytes / gpus - RUNTIME_BYTES;
    return (long) Math.max(0, Math.floor(left / shape.bytesPerToken(gpus)));
  }
}
