package dev.forebay.server.adapter.prometheus;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/// How often times fell into each bucket. Safe for many loops at once, which share no cache line
/// when they are busy; an observation costs a search among some fifteen bounds and two additions.
final class Histogram {
  private final long[] boundsNanos;
  private final LongAdder[] buckets;
  private final LongAdder sumNanos = new LongAdder();

  /// @param boundsNanos upper bounds of the buckets, inclusive, rising; what is longer has a bucket
  ///   of its own
  Histogram(long[] boundsNanos) {
    this.boundsNanos = boundsNanos;
    this.buckets =
        Stream.generate(LongAdder::new).limit(boundsNanos.length + 1L).toArray(LongAdder[]::new);
  }

  void observe(long nanos) {
    int bucket = 0;
    while (bucket < boundsNanos.length && nanos > boundsNanos[bucket]) {
      bucket++;
    }
    buckets[bucket].increment();
    sumNanos.add(nanos);
  }

  /// Observations in the bucket; the one past the last bound counts what is longer.
  long count(int bucket) {
    return buckets[bucket].sum();
  }

  long sumNanos() {
    return sumNanos.sum();
  }
}
