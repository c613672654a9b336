package dev.forebay.gpu;

import java.util.OptionalLong;

/// The line inside the engine. It is to stay short: who waits there can neither be overtaken nor
/// sent elsewhere.
final class EngineQueue {
  /// What an engine computes at once that does not say so: vLLM's default.
  private static final long USUAL_SEQS = 256;

  private EngineQueue() {}

  /// Sequences that may wait in the engine: enough that it never idles between two steps.
  static long allow(OptionalLong maxNumSeqs) {
    // max(2, ceil(0.03 × maxNumSeqs))
    return Math.max(2, Math.ceilDiv(3 * maxNumSeqs.orElse(USUAL_SEQS), 100));
  }
}
