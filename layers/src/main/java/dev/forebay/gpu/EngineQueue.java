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

  /// Sequences that may wait in an engine that does not say how many it computes at once: as many
  /// again as it was seen to compute, so that its limit is soon found, and no more than an engine
  /// of the usual size may have.
  static long beyond(long seen) {
    return Math.clamp(seen, 2, allow(OptionalLong.empty()));
  }
}
