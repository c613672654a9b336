package dev.forebay.lab.engine;

/// A Prometheus histogram. Not thread safe.
final class BucketCounts {

  private final double[] bounds;
  private final long[] counts;
  private double sum;

  BucketCounts(double... bounds) {
    this.bounds = bounds;
    this.counts = new long[bounds.length + 1];
  }

  void add(double value) {
    int i = 0;
    while (i < bounds.length && value > bounds[i]) {
      i++;
    }
    counts[i]++;
    sum += value;
  }

  void write(StringBuilder out, String name, String labels) {
    out.append("# TYPE ").append(name).append(" histogram\n");
    long cumulative = 0;
    for (int i = 0; i < counts.length; i++) {
      cumulative += counts[i];
      out.append(name)
          .append("_bucket{")
          .append(labels)
          .append(",le=\"")
          .append(i < bounds.length ? Double.toString(bounds[i]) : "+Inf")
          .append("\"} ")
          .append(cumulative)
          .append('\n');
    }
    out.append(name).append("_count{").append(labels).append("} ").append(cumulative);
    out.append('\n');
    out.append(name).append("_sum{").append(labels).append("} ").append(sum).append('\n');
  }
}
