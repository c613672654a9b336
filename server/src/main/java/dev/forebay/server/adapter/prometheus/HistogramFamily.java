package dev.forebay.server.adapter.prometheus;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;

/// All histograms of one name, by their labels.
///
/// Micrometer's own timers keep a decaying maximum and read the clock for it; that costs ten times
/// as much for each observation. Safe for many threads at once.
final class HistogramFamily implements Collector {
  private static final double NANOS = 1e9;

  private final String name;
  private final String help;
  private final double[] seconds;
  private final long[] boundsNanos;
  private final ConcurrentHashMap<Labels, Histogram> series = new ConcurrentHashMap<>();

  /// @param seconds upper bounds of the buckets, rising
  HistogramFamily(String name, String help, double... seconds) {
    this.name = name;
    this.help = help;
    this.seconds = seconds;
    this.boundsNanos = DoubleStream.of(seconds).mapToLong(s -> Math.round(s * NANOS)).toArray();
  }

  /// The histogram with these labels; to be kept, as looking it up is not for every call.
  Histogram with(Labels labels) {
    return series.computeIfAbsent(labels, _ -> new Histogram(boundsNanos));
  }

  @Override
  public MetricSnapshot collect() {
    var snapshot = HistogramSnapshot.builder().name(name).help(help);
    series.forEach((labels, histogram) -> snapshot.dataPoint(point(labels, histogram)));
    return snapshot.build();
  }

  private HistogramDataPointSnapshot point(Labels labels, Histogram histogram) {
    var buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < seconds.length; i++) {
      buckets.bucket(seconds[i], histogram.count(i));
    }
    buckets.bucket(Double.POSITIVE_INFINITY, histogram.count(seconds.length));
    return HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(buckets.build())
        .sum(histogram.sumNanos() / NANOS)
        .build();
  }
}
