package dev.forebay.lab.goodput;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// How long calls waited in a queue before they were let in; NaN where nobody tells.
///
/// @param p50 nanoseconds
/// @param p99 nanoseconds
/// @param share of those that waited at all, which is a millisecond: answers tell no less
public record Queued(double p50, double p99, double share) {
  private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(1);

  static Queued of(Histogram waits) {
    double calls = waits.getTotalCount();
    return calls == 0
        ? new Queued(Double.NaN, Double.NaN, Double.NaN)
        : new Queued(
            waits.getValueAtPercentile(50),
            waits.getValueAtPercentile(99),
            waits.getCountBetweenValues(LEAST, waits.getMaxValue()) / calls);
  }
}
