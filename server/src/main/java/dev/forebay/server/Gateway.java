package dev.forebay.server;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.LastTelemetry;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.Telemetry;
import dev.forebay.limit.LimitStage;
import dev.forebay.limit.Limits;
import dev.forebay.limit.PermitAudit;
import dev.forebay.limit.PermitAuditTick;
import dev.forebay.monitor.Explanations;
import dev.forebay.monitor.MonitorStage;
import dev.forebay.monitor.PerformanceTick;
import dev.forebay.monitor.PerformanceWindow;
import dev.forebay.monitor.Signals;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Tick;
import dev.forebay.queue.QueueStage;
import dev.forebay.queue.Queues;
import dev.forebay.retry.Ladder;
import dev.forebay.retry.PoolBudget;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import dev.forebay.server.adapter.log.Logs;
import dev.forebay.server.adapter.nvidia.GpuWatch;
import dev.forebay.server.adapter.prometheus.PrometheusSignals;
import dev.forebay.server.admin.AdminServer;
import dev.forebay.server.admin.ExplainPages;
import dev.forebay.server.admin.GpusJson;
import dev.forebay.server.admin.KeysPages;
import dev.forebay.server.admin.Page;
import dev.forebay.server.admin.PermitsJson;
import dev.forebay.server.admin.Readiness;
import dev.forebay.server.admin.ReplicasJson;
import dev.forebay.server.admin.TenantsJson;
import dev.forebay.server.config.ConfigFile;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.http.Callers;
import dev.forebay.server.http.DirectMemory;
import dev.forebay.server.http.Entrance;
import dev.forebay.server.http.EventLoops;
import dev.forebay.server.http.HeldBodies;
import dev.forebay.server.http.HttpListener;
import dev.forebay.server.http.ListenerTls;
import dev.forebay.server.http.ModelCatalog;
import dev.forebay.server.http.Revocations;
import dev.forebay.server.http.TrustedProxies;
import dev.forebay.server.protection.OldGeneration;
import dev.forebay.server.protection.Protection;
import dev.forebay.server.protection.ProtectionConfig;
import dev.forebay.server.protection.Resource;
import dev.forebay.server.upstream.AllConnections;
import dev.forebay.server.upstream.FleetChange;
import dev.forebay.server.upstream.PoolConfig;
import dev.forebay.server.upstream.Prober;
import dev.forebay.server.upstream.ReplicaFleet;
import dev.forebay.server.upstream.Routes;
import dev.forebay.server.upstream.Scraper;
import dev.forebay.server.upstream.Target;
import dev.forebay.server.upstream.UpstreamStage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gateway: the path of a call on one page.
///
/// What follows the configuration is made new by each reload, in `path`. What has a state stands in
/// a field, outlives reloads, and is matched by name there.
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /// Each loop draws from its own generator.
  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private static final Duration AUDIT_EVERY = Duration.ofSeconds(10);

  /// Calls of which it is remembered how they went, some 700 bytes each.
  private static final int EXPLAINED = 10_000;

  // of one configuration; a call reads it once
  private volatile Entrance entrance;
  private PerformanceTick performance;

  // state, which outlives the configuration: pools, replicas and their connections are matched by
  // name and URL (ReplicaFleet), what was taken of limits by level and name; the rest exists once
  private final EventLoops loops;
  private final AllConnections connections;
  private final ReplicaFleet fleet;
  private final Prober prober;
  private final Makers makers;
  private final RetryBudgets budgets;
  private final LastTelemetry telemetry = new LastTelemetry();
  private final Rooms rooms = new Rooms();
  private final Queues queues;
  private final Scraper scraper;
  private final Devices devices;
  private final GpuWatch gpus;
  private final Set<String> shownBudgets = ConcurrentHashMap.newKeySet();
  private final HeldBodies bodies;
  private final Limits limits;
  private final Revocations revocations;
  private final PermitWatch permits = new PermitWatch();
  private final @Nullable ListenerTls tls;
  private final HttpListener listener;
  private final Logs logs;
  private final PrometheusSignals metrics;
  private final PerformanceWindow window = new PerformanceWindow();
  private final Explanations explanations = new Explanations(EXPLAINED);
  private final MonitorStage monitor;
  private final LoopWatchdog watchdog;
  private final Protection protection;
  private final TickRunner ticks = new TickRunner(InstantSource.system());
  private final AtomicBoolean closed = new AtomicBoolean();
  private final PermitAuditTick audit;
  private final Reload reload;
  private @Nullable AdminServer admin;

  private Gateway(GatewayConfig config, @Nullable ConfigFile file, List<Signals> others)
      throws IOException {
    logs = Logs.start(config.log());
    loops = new EventLoops(config.http().loops());
    connections = new AllConnections(loops, config.upstream());
    fleet = new ReplicaFleet(this::meet, this::forget);
    prober = new Prober(fleet, System::nanoTime);
    makers = new Makers(config.gpu().affinity());
    budgets = new RetryBudgets(config.retry());
    queues = new Queues(config.queue(), capacity(config));
    bodies = new HeldBodies(config.http().heldBodies());
    limits = new Limits(config.limits(), new SecureRandom().nextLong(), System.nanoTime());
    revocations = Revocations.read(Path.of(config.revokedKeys()));
    metrics = new PrometheusSignals(fleet, System::nanoTime);
    List<Signals> signals = new ArrayList<>(List.of(metrics, window, explanations));
    signals.addAll(logs.signals());
    signals.addAll(others);
    monitor = new MonitorStage(signals);
    watchdog = new LoopWatchdog(loops.loops(), System::nanoTime);
    protection = new Protection(() -> metrics.inflight() + bodies.bytes(), resources());
    audit = new PermitAuditTick(AUDIT_EVERY, limits, metrics::inflight, System::nanoTime, permits);
    reload = new Reload(config, file, this::run, InstantSource.system());
    scraper =
        new Scraper(
            fleet, () -> reload.config().gpu().scrape(), this::shown, System::nanoTime, RANDOM);
    devices = new Devices(() -> reload.config().pools(), fleet, rooms, System::nanoTime);
    gpus =
        GpuWatch.of(
            () -> !devices.byReplica().isEmpty(), () -> reload.config().devices(), devices::found);
    performance = performance(config);
    entrance = path(config, fleet.routes());
    tls = config.http().tls().isSet() ? new ListenerTls(config.http().tls()) : null;
    listener = new HttpListener(config.http().listen(), loops, () -> entrance, bodies, tls);
    showReadings();
  }

  /// What the process can have too little of.
  private List<Resource> resources() {
    var old = OldGeneration.ofThisJvm();
    Supplier<ProtectionConfig> most = () -> reload.config().protection();
    return List.of(
        new Resource(
            "heapPercent",
            () -> old.takenAfterCollection() * 100 / most.get().heapPercent(),
            // What nobody fills any more nobody collects, either.
            System::gc),
        new Resource(
            "directPercent", () -> DirectMemory.taken() * 100 / most.get().directPercent()),
        new Resource("calls", () -> Resource.share(metrics.inflight(), most.get().calls())),
        new Resource(
            "connections", () -> Resource.share(listener.connections(), most.get().connections())),
        new Resource(
            "loopLag",
            () -> Resource.share(watchdog.maxLagNanos(), most.get().loopLag().toNanos())));
  }

  private Capacity capacity(GatewayConfig config) {
    return new PowerOfTwoChoices(config.gpu(), rooms, RANDOM);
  }

  private void shown(Replica replica, Telemetry shown) {
    telemetry.observed(replica, shown);
    rooms.observed(replica, shown);
  }

  /// The sizes that are written down bind from the first call, before an engine has shown itself.
  private void meet(Replica replica, PoolConfig pool) {
    long now = System.nanoTime();
    Telemetry written =
        Telemetry.unknown(now, now).withSizes(ifSet(pool.kv().tokens()), ifSet(pool.maxNumSeqs()));
    if (!written.isEmpty()) {
      rooms.observed(replica, written);
    }
  }

  private static OptionalLong ifSet(long size) {
    return size > 0 ? OptionalLong.of(size) : OptionalLong.empty();
  }

  private void forget(List<Target> gone) {
    connections.forget(gone);
    rooms.keep(fleet.known());
    telemetry.keep(fleet.known());
  }

  /// The path of a call under one configuration.
  private Entrance path(GatewayConfig config, Routes routes) {
    Capacity capacity = capacity(config);
    queues.become(config.queue(), capacity, routes);
    OutlierEjection ejection = new OutlierEjection(config.gpu());
    Duration slowReader = config.http().slowReader();
    Pipeline path =
        new Pipeline(
            List.of(
                monitor, // 7  sees every call and its outcome once
                new LimitStage(limits, InstantSource.system()), // 2  what the caller may have
                new RetryStage( // 1  one attempt after another
                    new RetryPolicy(config.retry()), routes, budgets, new Ladder(config.degrade())),
                new QueueStage(routes, queues), // 3  waits for room
                new GpuStage(
                    routes,
                    makers,
                    capacity,
                    ejection,
                    prober::suspect,
                    Gateway::alert), // 4  names the replica
                // sends on that replica; passes to nobody
                new UpstreamStage(fleet, makers, config.upstream(), slowReader, connections)));
    return new Entrance(
        config.http(),
        new TrustedProxies(config.http().trustedProxies()),
        new Callers(config.keys(), revocations::contains, limits::priority),
        path::enter,
        (refused, outcome) -> monitor.handle(refused, call -> call.end(outcome)),
        protection::refuses,
        model -> config.aliases().getOrDefault(model, model),
        new ModelCatalog(
            () -> models(routes, config.aliases()),
            (tenant, model) ->
                limits.mayCall(tenant, config.aliases().getOrDefault(model, model))));
  }

  /// Says once that an operator has to act, and once that it helped.
  private static void alert(Account account) {
    String refusal = account.refusal();
    if (refusal == null) {
      LOG.info("account {} is served again", account.name());
    } else {
      LOG.error(
          "account {} is refused: {}. One call every {} s finds out whether it is served again",
          account.name(),
          refusal,
          Account.TRIAL_EVERY.toSeconds());
    }
  }

  /// Runs with a configuration from now on, the first one or another, keeping all state.
  ///
  /// @return the replicas that come and go
  /// @throws IllegalArgumentException if it cannot be done; nothing has changed then
  private List<String> run(GatewayConfig config) throws InterruptedException {
    FleetChange change = fleet.plan(config.pools());
    prober.prepare(change);
    // From here on nothing can fail.
    connections.config(config.upstream());
    bodies.limit(config.http().heldBodies());
    budgets.config(config.retry());
    fleet.limit(config.accounts());
    fleet.apply(change);
    fleet.pools().forEach(this::showBudget);
    limits.become(config.limits(), System.nanoTime());
    entrance = path(config, fleet.routes());
    if (!config.monitor().equals(reload.config().monitor())) {
      performance = performance(config);
    }
    ticks.run(ticks());
    boolean keysBefore = !reload.config().keys().isEmpty() || !revocations.isEmpty();
    if (config.keys().isEmpty() && keysBefore) {
      LOG.warn("keys is empty and was not before: whoever reaches the port may call");
    }
    return change.summary();
  }

  private PerformanceTick performance(GatewayConfig config) {
    return new PerformanceTick(
        config.monitor().every(), window, OptionalDouble::empty, logs.performance());
  }

  private List<Tick> ticks() {
    List<Tick> all = new ArrayList<>(prober.ticks());
    all.addAll(List.of(watchdog, protection, performance, reload, audit, scraper, gpus));
    if (tls != null) {
      all.add(tls);
    }
    return all;
  }

  private void showReadings() {
    metrics.gauge("forebay.client.connections", "Connections of callers", listener::connections);
    metrics.gauge("forebay.upstream.connections", "To replicas", connections::open);
    metrics.gauge("forebay.held.body.bytes", "Of request bodies held", bodies::bytes);
    metrics.gauge(
        "forebay.gpu.suspects",
        "Replicas without calls since their device is suspect",
        devices::suspects);
    metrics.gauge("forebay.stored.objects", "Whose replica is remembered", makers::size);
    metrics.gauge(
        "forebay.loop.lag.seconds",
        "Longest lag of a loop in the last half to one minute",
        () -> watchdog.worstLagNanos() / 1e9);
    metrics.gauge(
        "forebay.permits.difference",
        "Permits that no call holds, or that are held and not counted",
        permits::difference);
    protection
        .resources()
        .forEach(each ->
            metrics.gauge(
                "forebay.protection.share",
                "Of what the process may come to, how much is taken; from 1 on new calls are refused",
                "of",
                each.name(),
                each.share()));
    metrics.gauge(
        "forebay.protection.scarce",
        "Things of which the process has too little for new calls",
        () -> protection.scarce().size());
    metrics.limits(limits::readings);
    metrics.counter("forebay.scrape.failures", "Engines not heard in time", scraper::failures);
    metrics.counter(
        "forebay.scrape.broken.lines", "Lines of metrics not understood", scraper::brokenLines);
    metrics.counter("forebay.loop.stalls", "Loops that lagged", watchdog::stalls);
    metrics.counter("forebay.log.dropped", "Lines that found no room", logs::dropped);
    String what = "Which configuration runs";
    metrics.info("forebay.config.info", what, "version", () -> reload.status().version());
    String became = "Configurations read while running, by what became of them";
    metrics.counter("forebay.config.reloads", became, "result", "ok", reload::switched);
    metrics.counter("forebay.config.reloads", became, "result", "refused", reload::refused);
    metrics.gauge(
        "forebay.config.last.reload.success.timestamp.seconds",
        "When the configuration began to run",
        () -> reload.status().since().toEpochMilli() / 1e3);
  }

  private void showBudget(Pool shown) {
    String pool = shown.name();
    if (!shownBudgets.add(pool)) {
      return;
    }
    String left = "Retries that the pool's budget could pay for now";
    metrics.gauge(
        "forebay.retry.budget.left", left, "pool", pool, () -> budget(pool, PoolBudget::left));
    String waiting = "Calls that wait for room in the pool";
    metrics.gauge("forebay.queue.waiting", waiting, "pool", pool, () -> queues.waiting(pool));
    String denied = "Retries not made because the pool's budget was spent";
    metrics.counter(
        "forebay.retries.denied", denied, "pool", pool, () -> budget(pool, PoolBudget::denied));
  }

  /// A reading of the budget that pays for the pool by now; 0 once the pool is gone.
  private long budget(String pool, ToLongFunction<PoolBudget> reading) {
    return fleet.pools().stream()
        .filter(each -> each.name().equals(pool))
        .mapToLong(each -> reading.applyAsLong(budgets.of(each)))
        .sum();
  }

  /// Starts the gateway: probes its replicas once, then listens.
  ///
  /// @throws IOException if an address cannot be bound
  public static Gateway start(GatewayConfig config) throws IOException, InterruptedException {
    return start(config, null, List.of());
  }

  /// Starts the gateway with somebody who is told of each call.
  ///
  /// @throws IOException if an address cannot be bound
  public static Gateway start(GatewayConfig config, List<Signals> signals)
      throws IOException, InterruptedException {
    return start(config, null, signals);
  }

  /// Starts the gateway with the file that its configuration was read from; it runs what that file
  /// says from then on.
  ///
  /// @throws IOException if an address cannot be bound
  public static Gateway start(
      GatewayConfig config, @Nullable ConfigFile file, List<Signals> signals)
      throws IOException, InterruptedException {
    Gateway gateway = new Gateway(config, file, signals);
    try {
      gateway.run(config);
      gateway.listener.start();
      // Last, so that whoever is told "ready" can call.
      gateway.admin =
          AdminServer.start(
              config.admin().listen(),
              () -> gateway.reload.config().admin().token(),
              gateway::readiness,
              gateway.pages());
    } catch (IOException | InterruptedException | RuntimeException e) {
      gateway.close();
      throw e;
    }
    return gateway;
  }

  private List<Page> pages() {
    Supplier<Duration> slowStart = () -> reload.config().gpu().slowStart();
    Supplier<PermitAudit> held = () -> limits.audit(metrics::inflight, System.nanoTime());
    List<Page> pages =
        new ArrayList<>(new KeysPages(() -> reload.config().keys(), revocations).pages());
    pages.addAll(
        new ExplainPages(explanations, queues, InstantSource.system(), System::nanoTime).pages());
    pages.addAll(
        List.of(
            Page.metrics("/metrics", metrics::scrape),
            Page.json("/admin/permits", new PermitsJson(held)),
            Page.json(
                "/admin/tenants", new TenantsJson(() -> limits.tenantReadings(System.nanoTime()))),
            Page.json(
                "/admin/replicas",
                new ReplicasJson(fleet, slowStart, fleet::draining, System::nanoTime)),
            Page.json(
                "/admin/gpus",
                new GpusJson(
                    fleet,
                    rooms,
                    devices::byReplica,
                    telemetry,
                    gpus::inventory,
                    System::nanoTime)),
            Page.json("/admin/config", () -> reload.status().json()),
            Page.action("/admin/reload", reload::onRequest)));
    return pages;
  }

  /// Replaces the configuration, all of it or nothing; calls under way notice nothing. Blocks while
  /// replicas that are new are probed.
  public Reloaded reload(GatewayConfig next) throws InterruptedException {
    return reload.to(next);
  }

  private Readiness readiness() {
    if (listener.draining()) {
      return new Readiness.NotReady("the gateway is shutting down");
    }
    List<String> scarce = protection.scarce();
    return scarce.isEmpty()
        ? new Readiness.Ready()
        : new Readiness.NotReady("new calls are refused: too little " + String.join(", ", scarce));
  }

  /// The port of the admin API; -1 before it is served.
  public int adminPort() {
    return admin == null ? -1 : admin.port();
  }

  /// The port on which callers are listened to.
  public int port() {
    return listener.port();
  }

  /// The replicas as they are known now, by pool.
  public List<Pool> pools() {
    return fleet.pools();
  }

  /// What is held now, all of it zero when nothing is under way; for audits and tests.
  public Holding holding() {
    long work = 0;
    int calls = 0;
    List<Replica> replicas = new ArrayList<>(fleet.draining());
    fleet.pools().forEach(pool -> replicas.addAll(pool.replicas()));
    for (Replica replica : replicas) {
      work += replica.outstandingWork();
      calls += replica.outstandingCalls();
    }
    return new Holding(calls, work, bodies.bytes(), listener.connections());
  }

  /// What the gateway holds at one moment.
  ///
  /// @param calls attempts that run on replicas
  /// @param work promised to replicas, in work units
  /// @param bodyBytes of requests held
  /// @param connections of callers
  public record Holding(int calls, long work, long bodyBytes, int connections) {}

  private static Map<String, String> models(Routes routes, Map<String, String> aliases) {
    Map<String, String> models = new LinkedHashMap<>(routes.models());
    aliases.forEach((alias, model) -> {
      String pool = models.get(model);
      if (pool != null) {
        models.put(alias, pool);
      }
    });
    return models;
  }

  /// Takes no more calls, waits for those under way as long as the configuration says, and ends
  /// what is left. Blocks; does nothing the second time.
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      reload.stop();
      listener.drain(reload.config().http().drain());
      ticks.stop();
      prober.close();
      connections.closeIdle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (admin != null) {
        admin.close();
      }
      loops.close();
      metrics.close();
      logs.close();
    }
  }
}
