package dev.forebay.gpu;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Lowers the watermark of an engine that had to throw sequences out of its KV cache: promises were
/// too low then, whatever the reason. Down in large steps and up in small ones, so that it settles
/// just below where preemption begins.
///
/// Not safe for many threads: guarded by whoever holds the engine's ledger.
public final class PreemptionFeedback {
  private static final double DOWN = 0.05;
  private static final double UP = 0.01;
  private static final double FLOOR = 0.70;
  private static final double MOST = 0.30;
  private static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long CLEAN_NANOS = TimeUnit.SECONDS.toNanos(60);

  private OptionalLong total = OptionalLong.empty();
  private double cut;
  private long cutAt;
  private long cleanSince;

  /// Takes the engine's count. The first one says nothing, as it may be of yesterday; one that is
  /// lower than the last is of an engine that was started anew, and counts whole.
  ///
  /// @return whether sequences were preempted since the last count
  public boolean observed(OptionalLong preemptions, long now) {
    recover(now);
    if (preemptions.isEmpty()) {
      return false;
    }
    long before = total.orElse(preemptions.getAsLong());
    long count = preemptions.getAsLong();
    total = preemptions;
    if (count == before || (count < before && count == 0)) {
      return false;
    }
    // What a cut brings shows only once the sequences that were running have ended.
    if (cut == 0 || now - cutAt >= HOLD_NANOS) {
      cut = Math.min(MOST, cut + DOWN);
      cutAt = now;
    }
    cleanSince = now;
    return true;
  }

  /// The watermark to hold now, for a class whose own is `base`; never below 0.70 or, if that is
  /// lower, `base`.
  public double watermark(double base, long now) {
    recover(now);
    return Math.min(base, Math.max(FLOOR, base - cut));
  }

  private void recover(long now) {
    while (cut > 0 && now - cleanSince >= CLEAN_NANOS) {
      cut = cut - UP < UP / 2 ? 0 : cut - UP;
      cleanSince += CLEAN_NANOS;
    }
  }
}
