package dev.forebay.monitor;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import java.util.concurrent.atomic.LongAdder;

/// Counts the calls that end, for the performance line.
///
/// A call counts in the window in which it **ends**, and once. It is a success if an answer was
/// passed on whole with a status below 500 other than 429, came from the cache, or was accepted as
/// a task; every other end is a failure, refusals on purpose and invalid requests among them. A
/// call whose caller left counts neither way and appears nowhere. The latency is that of the
/// successes, from the request's first byte to the end of the answer: refusals are quick, and would
/// make an overloaded gateway look fast.
///
/// Safe for many loops at once, which share no cache line; a window may be closed by one thread
/// only.
public final class PerformanceWindow implements Signals {
  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder latencyNanos = new LongAdder();
  private Reading closed = new Reading(0, 0, 0);

  @Override
  public void started(Call call) {}

  @Override
  public void ended(Call call, Outcome outcome, long now) {
    switch (outcome) {
      case Served(int status) when status >= 500 || status == 429 -> failures.increment();
      case Served _, FromCache _, Deferred _ -> {
        successes.increment();
        latencyNanos.add(now - call.arrivedNanos());
      }
      case Failed(Cause cause, _, _) when cause == Cause.CLIENT_GONE -> {}
      case Shed _, Failed _ -> failures.increment();
    }
  }

  /// Closes the window and begins the next one.
  public Reading close() {
    // The sums only grow and are never reset, so that no call is lost between two windows. One that
    // ends right now may be counted here and its latency in the next window.
    var sums = new Reading(successes.sum(), failures.sum(), latencyNanos.sum());
    var window = sums.since(closed);
    closed = sums;
    return window;
  }

  /// What a window saw.
  ///
  /// @param latencyNanos of all successes together
  public record Reading(long successes, long failures, long latencyNanos) {

    Reading since(Reading earlier) {
      return new Reading(
          successes - earlier.successes,
          failures - earlier.failures,
          latencyNanos - earlier.latencyNanos);
    }

    public long processed() {
      return successes + failures;
    }

    /// Share of the processed calls that succeeded, 0..1; 1 where nothing was processed.
    public double successRate() {
      return processed() == 0 ? 1 : (double) successes / processed();
    }

    /// Mean over the successes; 0 where there were none.
    public double latencyMillis() {
      return successes == 0 ? 0 : latencyNanos / 1e6 / successes;
    }
  }
}
