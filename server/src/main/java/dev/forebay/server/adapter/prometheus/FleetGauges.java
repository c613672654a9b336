package dev.forebay.server.adapter.prometheus;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/// The replicas as they are when somebody asks; those that left are gone from the answer. To be
/// used by one thread at a time.
final class FleetGauges {
  private final Fleet fleet;
  private final LongSupplier clock;
  private final MultiGauge up;
  private final MultiGauge work;
  private final MultiGauge calls;

  FleetGauges(MeterRegistry registry, Fleet fleet, LongSupplier clock) {
    this.fleet = fleet;
    this.clock = clock;
    up = gauge(registry, "forebay.replica.up", "1 if calls may be sent to the replica, else 0");
    work =
        gauge(
            registry,
            "forebay.replica.outstanding.work",
            "Work units promised to the replica and not finished");
    calls = gauge(registry, "forebay.replica.outstanding.calls", "Attempts on the replica now");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String help) {
    return MultiGauge.builder(name).description(help).register(registry);
  }

  void read() {
    long now = clock.getAsLong();
    List<Row<?>> ups = new ArrayList<>();
    List<Row<?>> works = new ArrayList<>();
    List<Row<?>> counts = new ArrayList<>();
    for (Pool pool : fleet.pools()) {
      for (Replica replica : pool.replicas()) {
        Tags tags = Tags.of("pool", pool.name(), "replica", replica.name());
        ups.add(row(tags, replica, each -> each.health().usable(now) ? 1 : 0));
        works.add(row(tags, replica, Replica::outstandingWork));
        counts.add(row(tags, replica, Replica::outstandingCalls));
      }
    }
    up.register(ups, true);
    work.register(works, true);
    calls.register(counts, true);
  }

  private static Row<?> row(Tags tags, Replica replica, ToDoubleFunction<Replica> value) {
    return Row.of(tags, replica, value);
  }
}
