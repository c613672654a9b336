package dev.forebay.gpu;

/// What of a model's shape decides how much KV cache a token takes.
public sealed interface KvShape {

  /// Bytes that a token takes on each GPU.
  ///
  /// @param gpus that share every layer (tensor parallelism), at least 1
  double bytesPerToken(int gpus);

  /// Multi-head or grouped-query attention: a key and a value for every head of every layer. GPUs
  /// share the heads as long as there are enough of them; beyond that they keep copies.
  ///
  /// @param dtypeBytes of one number, 2 for bf16, 1 for fp8
  record Heads(int layers, int kvHeads, int headDim, double dtypeBytes) implements KvShape {
    public Heads {
      positive("layers", layers);
      positive("kvHeads", kvHeads);
      positive("headDim", headDim);
      positive("dtypeBytes", dtypeBytes);
    }

    @Override
    public double bytesPerToken(int gpus) {
      // 2 × layers × kvHeads × headDim × dtypeBytes
      double whole = 2.0 * layers * kvHeads * headDim * dtypeBytes;
      return whole / Math.min(gpus, kvHeads);
    }
  }

  /// Multi-head latent attention: one compressed vector for every layer, which each GPU keeps
  /// whole.
  ///
  /// @param rank of the compressed keys and values (`kv_lora_rank`)
  /// @param ropeDim of the part that carries the position (`qk_rope_head_dim`)
  /// @param dtypeBytes of one number, 2 for bf16, 1 for fp8
  /// @see "DeepSeek-AI, DeepSeek-V2, 2024"
  record Latent(int layers, int rank, int ropeDim, double dtypeBytes) implements KvShape {
    public Latent {
      positive("layers", layers);
      positive("rank", rank);
      positive("ropeDim", ropeDim);
      positive("dtypeBytes", dtypeBytes);
    }

    @Override
    public double bytesPerToken(int gpus) {
      // layers × (rank + ropeDim) × dtypeBytes
      return layers * ((double) rank + ropeDim) * dtypeBytes;
    }
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || value > 1e6) {
      throw new IllegalArgumentException(name + " must be > 0 and <= 1000000, was " + value);
    }
  }
}
