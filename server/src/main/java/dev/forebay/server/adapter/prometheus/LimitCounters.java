package dev.forebay.server.adapter.prometheus;

import dev.forebay.limit.LimitReading;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What limits refused, by level and limit; whose limit it was has no label, as there may be
/// thousands. A thousand limits have labels of their own, the rest is `other`.
///
/// Limits keep the counts, and forget them with a limit that is gone; what is shown never falls. To
/// be used by one thread at a time.
final class LimitCounters {
  private final Supplier<List<LimitReading>> readings;
  private final Capped<Pair> counters;
  private Map<Of, Long> before = Map.of();

  /// One limit of one subject.
  private record Of(String level, String subject, String limit) {}

  private record Pair(Counter refused, Counter wouldRefuse) {}

  LimitCounters(MeterRegistry registry, Supplier<List<LimitReading>> readings) {
    this.readings = readings;
    this.counters =
        new Capped<>(name ->
            new Pair(
                counter(registry, "forebay.limit.refused", "Calls that a limit refused", name),
                counter(
                    registry,
                    "forebay.limit.would.refuse",
                    "Calls that a limit in shadow would have refused",
                    name)));
  }

  private static Counter counter(
      MeterRegistry registry, String metric, String help, String levelAndLimit) {
    String[] labels = levelAndLimit.split(" ", 2);
    return Counter.builder(metric)
        .description(help)
        .tag("level", labels[0])
        .tag("limit", labels[labels.length - 1])
        .register(registry);
  }

  void read() {
    var now = new HashMap<Of, Long>();
    for (LimitReading reading : readings.get()) {
      var of = new Of(reading.level().toString(), reading.subject(), reading.limit());
      now.put(of, reading.refused());
      long last = before.getOrDefault(of, 0L);
      long more = reading.refused() >= last ? reading.refused() - last : reading.refused();
      Pair pair = counters.of(of.level() + " " + of.limit(), true);
      (reading.shadow() ? pair.wouldRefuse() : pair.refused()).increment((double) more);
    }
    before = now;
  }
}
