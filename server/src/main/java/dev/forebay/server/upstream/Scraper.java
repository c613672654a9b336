package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import dev.forebay.gpu.ScrapeConfig;
import dev.forebay.gpu.TelemetrySink;
import dev.forebay.pipeline.Tick;
import dev.forebay.server.adapter.engine.KnownEngines;
import dev.forebay.server.adapter.engine.KnownModels;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Asks the engines of all replicas what they show of themselves, all at once and each on a virtual
/// thread of its own, and tells a sink. A turn waits for nobody, so that one slow engine makes
/// nobody's telemetry old; an engine that has not answered yet is not asked again.
///
/// The pause between turns is drawn anew each time: gateways that all asked at the same moments
/// would see the same room, and fill it together.
public final class Scraper implements Tick {
  private static final double JITTER = 0.2;

  private final ReplicaFleet fleet;
  private final Supplier<ScrapeConfig> config;
  private final TelemetrySink sink;
  private final LongSupplier clock;
  private final LongAdder brokenLines = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final RandomGenerator random;
  private final Map<Replica, EngineWatch> watches = new ConcurrentHashMap<>();

  /// Made by the first turn, so that no start waits for it.
  private @Nullable Means means;

  /// What every watch needs.
  record Means(
      KnownEngines engines,
      KnownModels models,
      TelemetrySink sink,
      LongSupplier clock,
      LongAdder brokenLines,
      LongAdder failures) {}

  /// Asks nobody before its first turn.
  ///
  /// @param config how often, and how patiently, now
  /// @param sink told what is shown
  /// @param clock the clock of the loops, nanoseconds
  public Scraper(
      ReplicaFleet fleet,
      Supplier<ScrapeConfig> config,
      TelemetrySink sink,
      LongSupplier clock,
      RandomGenerator random) {
    this.fleet = fleet;
    this.config = config;
    this.sink = sink;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Duration every() {
    double share = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Duration.ofNanos((long) (config.get().every().toNanos() * share));
  }

  @Override
  public void turn(Instant now) {
    if (means == null) {
      means =
          new Means(KnownEngines.load(), KnownModels.load(), sink, clock, brokenLines, failures);
    }
    Means ready = means;
    long nanos = clock.getAsLong();
    Duration timeout = config.get().timeout();
    Set<Replica> here = new HashSet<>();
    for (ConfiguredPool pool : fleet.routes().configured()) {
      for (Replica replica : pool.pool().replicas()) {
        here.add(replica);
        EngineWatch watch = watches.computeIfAbsent(replica, each -> new EngineWatch(each, ready));
        // Who is down is asked whether it lives, by its probe, and nothing else.
        if (!replica.health().down() && watch.begin(nanos)) {
          Thread.ofVirtual().name("forebay-scrape").start(() -> watch.ask(pool, timeout));
        }
      }
    }
    watches.keySet().retainAll(here);
  }

  /// Engines whose answer is waited for now.
  long asking() {
    return watches.values().stream().filter(EngineWatch::asking).count();
  }

  /// Lines of metrics that broke their format, since the start.
  public long brokenLines() {
    return brokenLines.sum();
  }

  /// Times that an engine did not answer, or not in time.
  public long failures() {
    return failures.sum();
  }
}
