package dev.forebay.server;

import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.monitor.MonitorStage;
import dev.forebay.monitor.PerformanceTick;
import dev.forebay.monitor.PerformanceWindow;
import dev.forebay.monitor.Signals;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import dev.forebay.server.adapter.log.Logs;
import dev.forebay.server.adapter.prometheus.PrometheusSignals;
import dev.forebay.server.admin.AdminServer;
import dev.forebay.server.admin.Readiness;
import dev.forebay.server.admin.ReplicasJson;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.http.Entrance;
import dev.forebay.server.http.EventLoops;
import dev.forebay.server.http.HeldBodies;
import dev.forebay.server.http.HttpListener;
import dev.forebay.server.http.ListenerTls;
import dev.forebay.server.http.ModelCatalog;
import dev.forebay.server.upstream.ProbeTick;
import dev.forebay.server.upstream.Prober;
import dev.forebay.server.upstream.ReplicaFleet;
import dev.forebay.server.upstream.UpstreamStage;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The gateway: the path of a call on one page.
public final class Gateway implements AutoCloseable {
  /// Each loop draws from its own generator.
  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private final GatewayConfig config;
  private final EventLoops loops;
  private final ReplicaFleet fleet;
  private final Prober prober;
  private final UpstreamStage upstream;
  private final HeldBodies bodies;
  private final @Nullable ListenerTls tls;
  private final HttpListener listener;
  private final Logs logs;
  private final PrometheusSignals metrics;
  private final PerformanceWindow window = new PerformanceWindow();
  private final LoopWatchdog watchdog;
  private final TickRunner ticks = new TickRunner(InstantSource.system());
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable AdminServer admin;

  private Gateway(GatewayConfig config, List<Signals> others) throws IOException {
    this.config = config;
    fleet = new ReplicaFleet(config.pools());
    logs = Logs.start(config.log());
    loops = new EventLoops(config.http().loops());
    metrics = new PrometheusSignals(fleet, System::nanoTime);
    watchdog = new LoopWatchdog(loops.loops(), System::nanoTime);
    List<Signals> signals = new ArrayList<>(List.of(metrics, window));
    signals.addAll(logs.signals());
    signals.addAll(others);
    prober = new Prober(fleet, System::nanoTime);
    Makers makers = new Makers(config.gpu().affinity());
    upstream =
        new UpstreamStage(fleet, makers, config.upstream(), config.http().slowReader(), loops);
    bodies = new HeldBodies(config.http().heldBodies());

    Capacity capacity = new PowerOfTwoChoices(config.gpu(), RANDOM);
    OutlierEjection ejection = new OutlierEjection(config.gpu());
    MonitorStage monitor = new MonitorStage(signals);
    Pipeline path =
        new Pipeline(
            List.of(
                monitor, // 7  sees every call and its outcome once
                new RetryStage(new RetryPolicy(config.retry())), // 1  one attempt after another
                new GpuStage( // 4  names the replica
                    fleet, makers, capacity, ejection, prober::suspect),
                upstream)); // sends on that replica; passes to nobody

    Entrance entrance =
        new Entrance(
            path::enter,
            (refused, outcome) -> monitor.handle(refused, call -> call.end(outcome)),
            model -> config.aliases().getOrDefault(model, model),
            new ModelCatalog(this::models));
    tls = config.http().tls().isSet() ? new ListenerTls(config.http().tls()) : null;
    listener = new HttpListener(config.http(), loops, entrance, bodies, tls);
    metrics.gauge("forebay.client.connections", "Connections of callers", listener::connections);
    metrics.gauge("forebay.upstream.connections", "To replicas", upstream::connections);
    metrics.gauge("forebay.held.body.bytes", "Of request bodies held", bodies::bytes);
    metrics.gauge("forebay.stored.objects", "Whose replica is remembered", makers::size);
    metrics.gauge(
        "forebay.loop.lag.seconds",
        "Longest lag of a loop in the last half to one minute",
        () -> watchdog.worstLagNanos() / 1e9);
    metrics.counter("forebay.loop.stalls", "Loops that lagged", watchdog::stalls);
    metrics.counter("forebay.log.dropped", "Lines that found no room", logs::dropped);
  }

  /// Starts the gateway: probes its replicas once, then listens.
  ///
  /// @throws IOException if an address cannot be bound
  public static Gateway start(GatewayConfig config) throws IOException, InterruptedException {
    return start(config, List.of());
  }

  /// Starts the gateway with somebody who is told of each call.
  ///
  /// @throws IOException if an address cannot be bound
  public static Gateway start(GatewayConfig config, List<Signals> signals)
      throws IOException, InterruptedException {
    Gateway gateway = new Gateway(config, signals);
    try {
      gateway.prober.probeAll();
      ProbeTick.all(gateway.prober, gateway.fleet).forEach(gateway.ticks::start);
      gateway.ticks.start(gateway.watchdog);
      if (gateway.tls != null) {
        gateway.ticks.start(gateway.tls);
      }
      gateway.ticks.start(
          new PerformanceTick(
              config.monitor().every(),
              gateway.window,
              OptionalDouble::empty,
              gateway.logs.performance()));
      gateway.admin =
          AdminServer.start(
              config.admin(),
              gateway::readiness,
              gateway.metrics::scrape,
              new ReplicasJson(gateway.fleet, config.gpu().slowStart(), System::nanoTime));
      gateway.listener.start();
    } catch (IOException | InterruptedException | RuntimeException e) {
      gateway.close();
      throw e;
    }
    return gateway;
  }

  private Readiness readiness() {
    return listener.draining()
        ? new Readiness.NotReady("the gateway is shutting down")
        : new Readiness.Ready();
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
    for (Pool pool : fleet.pools()) {
      for (Replica replica : pool.replicas()) {
        work += replica.outstandingWork();
        calls += replica.outstandingCalls();
      }
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

  private Map<String, String> models() {
    Map<String, String> models = new LinkedHashMap<>(fleet.models());
    config
        .aliases()
        .forEach((alias, model) -> {
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
      listener.drain(config.http().drain());
      ticks.stop();
      prober.close();
      upstream.closeIdle();
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
