package dev.forebay.gpu;

import java.util.concurrent.TimeUnit;

/// Tokens that others hold in an engine's KV cache: other gateways, or callers that go around them.
/// What the engine shows beyond what may be ours, smoothed.
///
/// It counts whole for 2 s after the engine last showed itself, then fades in a line to nothing at
/// 10 s. It is never taken for more than half of the cache: an engine that counts what it merely
/// remembers of prompts as used would look full of others for ever.
///
/// Not safe for many threads: guarded by whoever holds the engine's ledger.
public final class ForeignLoad {
  private static final double ALPHA = 0.3;
  private static final double MOST = 0.5;

  /// A share of the cache: prompts are estimated and blocks are rounded up, so what is held by us
  /// is known no better than that, and only what is over would be summed up if all of it counted.
  private static final double NOISE = 0.05;

  private static final long WHOLE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private double tokens;
  private long at;

  /// Takes what the engine showed.
  ///
  /// @param usage share of its KV cache in use, 0..1
  /// @param capacity of its KV cache, tokens
  /// @param heldAtScrape tokens that we may have held there then
  /// @param now when it was asked
  public void observed(double usage, long capacity, long heldAtScrape, long now) {
    double seen = Math.max(0, usage * capacity - heldAtScrape - NOISE * capacity);
    // tokens = (1 - α) × tokens + α × max(0, usage × KV - held - noise)
    double next = (1 - ALPHA) * faded(now) + ALPHA * seen;
    tokens = Math.min(next, MOST * capacity);
    at = now;
  }

  /// Tokens of others now.
  public long tokens(long now) {
    return Math.round(faded(now));
  }

  private double faded(long now) {
    long age = now - at;
    if (age <= WHOLE_NANOS) {
      return tokens;
    }
    return tokens * Math.max(0, GONE_NANOS - age) / (GONE_NANOS - WHOLE_NANOS);
  }
}
