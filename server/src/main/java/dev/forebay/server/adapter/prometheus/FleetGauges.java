package dev.forebay.server.adapter.prometheus;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/// The replicas and their accounts as they are when somebody asks; those that left are gone from
/// the answer. To be used by one thread at a time.
final class FleetGauges {
  private final Fleet fleet;
  private final LongSupplier clock;
  private final MultiGauge up;
  private final MultiGauge work;
  private final MultiGauge calls;
  private final MultiGauge open;
  private final MultiGauge refused;

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
    open =
        gauge(registry, "forebay.account.open", "1 if calls may be sent for the account, else 0");
    refused =
        gauge(registry, "forebay.account.refused", "1 if the account is spent or refused, else 0");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String help) {
    return MultiGauge.builder(name).description(help).register(registry);
  }

  void read() {
    long now = clock.getAsLong();
    List<Row<?>> ups = new ArrayList<>();
    List<Row<?>> works = new ArrayList<>();
    List<Row<?>> counts = new ArrayList<>();
    Set<Account> accounts = new LinkedHashSet<>();
    for (Pool pool : fleet.pools()) {
      for (Replica replica : pool.replicas()) {
        Tags tags = Tags.of("pool", pool.name(), "replica", replica.name());
        ups.add(row(tags, replica, each -> each.health().usable(now) ? 1 : 0));
        works.add(row(tags, replica, Replica::outstandingWork));
        counts.add(row(tags, replica, Replica::outstandingCalls));
        accounts.add(pool.accountOf(replica));
      }
    }
    up.register(ups, true);
    work.register(works, true);
    calls.register(counts, true);
    open.register(rows(accounts, each -> each.open(now) ? 1 : 0), true);
    refused.register(rows(accounts, each -> each.refusal() == null ? 0 : 1), true);
  }

  private static List<Row<?>> rows(Set<Account> accounts, ToDoubleFunction<Account> value) {
    List<Row<?>> rows = new ArrayList<>();
    accounts.forEach(each -> rows.add(Row.of(Tags.of("account", each.name()), each, value)));
    return rows;
  }

  private static Row<?> row(Tags tags, Replica replica, ToDoubleFunction<Replica> value) {
    return Row.of(tags, replica, value);
  }
}
