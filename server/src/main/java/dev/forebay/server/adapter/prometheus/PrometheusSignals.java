package dev.forebay.server.adapter.prometheus;

import dev.forebay.fleet.Fleet;
import dev.forebay.limit.LimitReading;
import dev.forebay.monitor.Signals;
import dev.forebay.monitor.Verdict;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Degradation.Step;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts every call for Prometheus.
///
/// Callers name models as they like. A model has a label of its own once a call for it reached a
/// replica, the cache or the task queue, and a thousand models do; the rest is `other`. Replicas
/// alike.
///
/// Safe for many loops at once. A call costs a few look-ups and striped additions, and allocates
/// nothing once its model was seen.
public final class PrometheusSignals implements Signals, AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Histograms histograms = Histograms.in(registry.getPrometheusRegistry());
  private final LongAdder inflight = new LongAdder();
  private final Capped<ModelMeters> models =
      new Capped<>(model -> new ModelMeters(registry, histograms, model));
  private final Capped<AttemptMeters> replicas =
      new Capped<>(replica -> new AttemptMeters(registry, replica));
  private final Map<Reason, Counter> shed = new EnumMap<>(Reason.class);
  private final Map<Step, Counter> degraded = new EnumMap<>(Step.class);
  private final Map<Verdict, Counter> wasted = new EnumMap<>(Verdict.class);
  private final JvmGcMetrics garbage = new JvmGcMetrics();
  private final FleetGauges fleet;
  private volatile @Nullable LimitCounters limits;
  private final List<DoubleSupplier> counted = new CopyOnWriteArrayList<>();
  private final Map<MultiGauge, Supplier<List<Row<?>>>> infos = new ConcurrentHashMap<>();

  /// @param clock the loops' clock, nanoseconds
  public PrometheusSignals(Fleet fleet, LongSupplier clock) {
    this.fleet = new FleetGauges(registry, fleet, clock);
    gauge("forebay.inflight", "Calls on the path now", inflight::sum);
    for (Reason reason : Reason.values()) {
      shed.put(reason, shed(reason));
    }
    for (Step step : Step.values()) {
      degraded.put(step, degraded(step));
    }
    for (Verdict verdict : Verdict.values()) {
      switch (verdict) {
        case UPSTREAM_ERROR, TIMEOUT, INTERNAL_ERROR, CLIENT_CANCELLED ->
            wasted.put(verdict, wasted(verdict));
        case OK, CACHE_HIT, ACCEPTED, SHED, INVALID -> {}
      }
    }
    bindProcess(registry);
  }

  private Counter shed(Reason reason) {
    return Counter.builder("forebay.shed")
        .description("Calls refused on purpose")
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  private Counter degraded(Step step) {
    return Counter.builder("forebay.degraded")
        .description("Calls that were given less rather than be refused")
        .tag("step", step.label())
        .register(registry);
  }

  private Counter wasted(Verdict verdict) {
    return Counter.builder("forebay.wasted.tokens")
        .description("Tokens generated for answers that nobody got whole")
        .tag("reason", verdict == Verdict.CLIENT_CANCELLED ? "client_gone" : verdict.label())
        .register(registry);
  }

  private void bindProcess(MeterRegistry to) {
    new ClassLoaderMetrics().bindTo(to);
    new JvmMemoryMetrics().bindTo(to);
    new JvmThreadMetrics().bindTo(to);
    new ProcessorMetrics().bindTo(to);
    new UptimeMetrics().bindTo(to);
    new FileDescriptorMetrics().bindTo(to);
    garbage.bindTo(to);
  }

  @Override
  public void started(Call call) {
    inflight.increment();
  }

  @Override
  public void ended(Call call, Outcome outcome, long now) {
    inflight.decrement();
    Verdict verdict = Verdict.of(outcome);
    models.of(call.request().model(), real(call, outcome)).ended(call, verdict, now);
    for (int i = 0; i < call.tried().size(); i++) {
      count(call.tried().get(i));
    }
    if (outcome instanceof Shed(Reason reason, _)) {
      count(shed.get(reason), 1);
    }
    Degradation taken = call.degradation();
    if (!taken.isNone()) {
      degraded.forEach((step, counter) -> count(counter, taken.takes(step) ? 1 : 0));
    }
    long tokens = call.progress().completionTokens();
    if (tokens > 0) {
      count(wasted.get(verdict), tokens);
    }
  }

  private static boolean real(Call call, Outcome outcome) {
    return !call.replicas().isEmpty()
        || outcome instanceof FromCache
        || outcome instanceof Deferred;
  }

  private void count(Attempt attempt) {
    String replica = attempt.replica();
    Outcome outcome = attempt.outcome();
    if (replica != null && outcome != null) {
      replicas.of(replica, true).ended(Verdict.of(outcome));
    }
  }

  private static void count(@Nullable Counter counter, long amount) {
    if (counter != null) {
      counter.increment((double) amount);
    }
  }

  /// Shows a reading of the process beside those of its calls.
  ///
  /// @param name with dots, as `forebay.loop.lag`; a unit at its end is written out (`.seconds`)
  /// @param value asked at each scrape, from any thread
  public void gauge(String name, String help, DoubleSupplier value) {
    gauge(name, help, Tags.empty(), value);
  }

  /// Shows a reading as one of several with a label. Of one that is shown already, nothing happens.
  public void gauge(
      String name, String help, String label, String labelValue, DoubleSupplier value) {
    gauge(name, help, Tags.of(label, labelValue), value);
  }

  private void gauge(String name, String help, Tags tags, DoubleSupplier value) {
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .description(help)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /// Shows a count that somebody else keeps.
  ///
  /// @param name with dots and without `.total`, which is added
  /// @param value never falls; asked at each scrape, from any thread
  public void counter(String name, String help, DoubleSupplier value) {
    show(name, help, Tags.empty(), value);
  }

  /// Shows a count that somebody else keeps, as one of several with a label.
  public void counter(
      String name, String help, String label, String labelValue, DoubleSupplier value) {
    show(name, help, Tags.of(label, labelValue), value);
  }

  private void show(String name, String help, Tags tags, DoubleSupplier value) {
    // The registry holds it weakly only, and a count that nobody holds reads 0.
    counted.add(value);
    FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
        .description(help)
        .tags(tags)
        .register(registry);
  }

  /// Shows a word, as the label of a gauge that is always 1.
  ///
  /// @param word asked at each scrape, from any thread
  public void info(String name, String help, String label, Supplier<String> word) {
    infos.put(
        MultiGauge.builder(name).description(help).register(registry),
        () -> List.of(Row.of(Tags.of(label, word.get()), () -> 1)));
  }

  /// Shows what limits refuse.
  ///
  /// @param readings asked at each scrape, from any thread
  public void limits(Supplier<List<LimitReading>> readings) {
    limits = new LimitCounters(registry, readings);
  }

  /// Calls on the path now.
  public long inflight() {
    return inflight.sum();
  }

  /// All readings in Prometheus' text format, version 0.0.4. Takes milliseconds; not for a loop.
  public synchronized String scrape() {
    fleet.read();
    if (limits != null) {
      limits.read();
    }
    infos.forEach((gauge, rows) -> gauge.register(rows.get(), true));
    return registry.scrape();
  }

  @Override
  public void close() {
    garbage.close();
    registry.close();
  }
}
