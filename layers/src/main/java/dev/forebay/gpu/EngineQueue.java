package dev.forebay.gpu;

import java.util.OptionalLong;

/// The line inside the engine. It is to stay short: who waits there can neither be overtaken nor
/// sent elsewhere.
public final class EngineQueue {
  /// What an engine computes at once that does not say so: vLLM's default.
  private static final long USUAL_SEQS = 256;

  private EngineQueue() {}

  /// Sequences that may wait in the engine: enough that it never idles between two steps.
  public static long allow(OptionalLong maxNumSeqs) {
    // max(2, ceil(0.03 × maxNumSeqs))
    return Math.max(2, Math.ceilDiv(3 * maxNumSeqs.orElse(USUAL_SEQS), 100));
  }

  /// Sequences that wait in the engine as far as is known: what it says itself, or those of ours
  /// that it did not show as running, whichever is more. The engine knows of others, and we know of
  /// what was sent since it was asked.
  ///
  /// @param last what the engine showed last
  /// @param own calls of ours that are on it now
  public static OptionalLong waiting(Telemetry last, long own) {
    if (last.running().isEmpty()) {
      return last.waiting();
    }
    long unseen = own - last.running().getAsLong();
    return OptionalLong.of(Math.max(0, Math.max(unseen, last.waiting().orElse(0))));
  }

  /// Whether more wait than may.
  public static boolean crowded(Telemetry last, long own) {
    OptionalLong waiting = waiting(last, own);
    return waiting.isPresent() && waiting.getAsLong() > allow(last.maxNumSeqs());
  }
}
