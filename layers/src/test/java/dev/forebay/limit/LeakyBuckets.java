package dev.forebay.limit;

import java.util.HashMap;
import java.util.Map;

/// Limits as one would write them down without a thought for cost: a level that falls as time
/// passes, and a count. Only for rates whose units are whole nanoseconds.
final class LeakyBuckets {
  private final Map<String, Bucket> buckets = new HashMap<>();
  private final Map<String, Integer> held = new HashMap<>();

  private static final class Bucket {
    private long level;
    private long at;
  }

  long level(String name, long now) {
    Bucket bucket =
        buckets.computeIfAbsent(
            name,
            _ -> {
              var fresh = new Bucket();
              fresh.at = now;
              return fresh;
            });
    bucket.level = Math.max(0, bucket.level - (now - bucket.at));
    bucket.at = now;
    return bucket.level;
  }

  void pour(String name, long nanos, long now) {
    level(name, now);
    Bucket bucket = buckets.get(name);
    if (bucket != null) {
      bucket.level = Math.max(0, bucket.level + nanos);
    }
  }

  int held(String name) {
    return held.getOrDefault(name, 0);
  }

  void hold(String name, int permits) {
    held.merge(name, permits, Integer::sum);
  }

  long allHeld() {
    return held.values().stream().mapToLong(Integer::longValue).sum();
  }
}
