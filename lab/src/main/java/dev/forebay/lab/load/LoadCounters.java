package dev.forebay.lab.load;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// How a run stands, readable from any thread while it runs.
public final class LoadCounters {
  private static final long WINDOW_NANOS = 1_000_000_000;

  private final LongAdder offered = new LongAdder();
  private final LongAdder done = new LongAdder();
  private final LongAdder ok = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder failedOver = new LongAdder();
  private final LongAdder deltas = new LongAdder();
  private final Recorder firsts = new Recorder(2);
  private final Recorder latencies = new Recorder(2);
  private Histogram recentFirsts = firsts.getIntervalHistogram();
  private Histogram recentLatencies = latencies.getIntervalHistogram();
  private long windowFrom = System.nanoTime();

  LoadCounters() {}

  /// One reading. Percentiles are over the last whole second or more between two readings, in ms, 0
  /// where nothing came.
  ///
  /// @param done ended in any way
  /// @param refused answered with another status than 2xx
  /// @param failed cut, broken, garbled, timed out, ended by an error event, or unsent
  public record Reading(
      long offered,
      long done,
      long ok,
      long refused,
      long failed,
      long cancelled,
      long failedOver,
      long inFlight,
      long deltas,
      double ttftP50Millis,
      double ttftP99Millis,
      double latencyP50Millis,
      double latencyP99Millis) {}

  /// The counters as they stand; several readers see the same percentiles.
  public synchronized Reading read() {
    long now = System.nanoTime();
    if (now - windowFrom >= WINDOW_NANOS) {
      windowFrom = now;
      recentFirsts = firsts.getIntervalHistogram(recentFirsts);
      recentLatencies = latencies.getIntervalHistogram(recentLatencies);
    }
    long ended = done.sum(); // before offered, so that none in flight is never negative
    long begun = offered.sum();
    return new Reading(
        begun,
        ended,
        ok.sum(),
        refused.sum(),
        failed.sum(),
        cancelled.sum(),
        failedOver.sum(),
        begun - ended,
        deltas.sum(),
        recentFirsts.getValueAtPercentile(50) / 1e6,
        recentFirsts.getValueAtPercentile(99) / 1e6,
        recentLatencies.getValueAtPercentile(50) / 1e6,
        recentLatencies.getValueAtPercentile(99) / 1e6);
  }

  void offered() {
    offered.increment();
  }

  void first(long nanos) {
    firsts.recordValue(nanos);
  }

  void ended(LoadOutcome outcome) {
    done.increment();
    deltas.add(outcome.deltas());
    if (outcome.attempts() > 1) {
      failedOver.increment();
    }
    switch (outcome.ending()) {
      case OK -> {
        ok.increment();
        latencies.recordValue(outcome.endNanos());
      }
      case REFUSED -> refused.increment();
      case CANCELLED -> cancelled.increment();
      case CUT, STREAM_ERROR, GARBLED, BROKEN, TIMED_OUT, UNSENT -> failed.increment();
    }
  }
}
