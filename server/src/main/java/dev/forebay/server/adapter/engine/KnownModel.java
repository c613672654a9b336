package dev.forebay.server.adapter.engine;

import dev.forebay.gpu.KvShape;
import org.jspecify.annotations.Nullable;

/// A model's shape as `models.yaml` says it.
///
/// @param kvHeads and `headDim`, or `rank` and `ropeDim`
/// @param weightsGiB that its published weights take
record KnownModel(
    String name,
    int layers,
    @Nullable Integer kvHeads,
    @Nullable Integer headDim,
    @Nullable Integer rank,
    @Nullable Integer ropeDim,
    double weightsGiB) {
  private static final double BF16 = 2;

  KvShape shape() {
    if (kvHeads != null && headDim != null) {
      return new KvShape.Heads(layers, kvHeads, headDim, BF16);
    }
    if (rank != null && ropeDim != null) {
      return new KvShape.Latent(layers, rank, ropeDim, BF16);
    }
    throw new IllegalStateException(name + " has neither heads nor a rank");
  }
}
