package dev.forebay.server.upstream;

import dev.forebay.fleet.Health;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Tick;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks replicas whether they live and which models they serve, and names for their addresses.
/// Blocks, on virtual threads of its own; safe for all threads.
public final class Prober implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LONGEST_LISTING = 4 << 20;

  private final ReplicaFleet fleet;
  private final LongSupplier clock;
  private final Map<Replica, ConfiguredPool> suspects = new ConcurrentHashMap<>();
  private final Map<ConfiguredPool, Tick> ticks = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// @param clock the clock of the loops, nanoseconds
  public Prober(ReplicaFleet fleet, LongSupplier clock) {
    this.fleet = fleet;
    this.clock = clock;
  }

  /// Looks up where the replicas of a planned change stand, and probes those that are new, all at
  /// once. Waits for the answers, so that none of them gets a call before it was heard of.
  public void prepare(FleetChange change) throws InterruptedException {
    List<Runnable> probes = new ArrayList<>();
    for (FleetChange.PoolChange each : change.pools()) {
      each.targets().forEach(Prober::resolve);
      each.added()
          .forEach(replica -> probes.add(() -> probe(each.pool(), each.settings(), replica)));
    }
    CountDownLatch left = new CountDownLatch(probes.size());
    for (Runnable probe : probes) {
      Thread.ofVirtual()
          .name("forebay-probe")
          .start(() -> {
            try {
              probe.run();
            } finally {
              left.countDown();
            }
          });
    }
    left.await(30, TimeUnit.SECONDS);
  }

  /// What probes each pool of the fleet as it is now; the same tick for the same pool.
  public List<Tick> ticks() {
    List<ConfiguredPool> pools = fleet.routes().configured();
    ticks.keySet().retainAll(pools);
    return pools.stream()
        .map(pool -> ticks.computeIfAbsent(pool, _ -> new ProbeTick(this, pool)))
        .toList();
  }

  /// Probes a replica soon, because an attempt on it just failed. Does not block; a replica that is
  /// being probed for that reason is not probed twice.
  public void suspect(Replica replica) {
    if (closed) {
      return;
    }
    for (ConfiguredPool pool : fleet.routes().configured()) {
      if (pool.pool().replicas().contains(replica) && suspects.putIfAbsent(replica, pool) == null) {
        Thread.ofVirtual()
            .name("forebay-suspect")
            .start(() -> {
              try {
                probe(pool, replica);
              } finally {
                suspects.remove(replica);
              }
            });
      }
    }
  }

  /// Looks up which replicas a pool has, where that is left to DNS, and where they stand.
  void resolve(ConfiguredPool pool) {
    if (pool.config().dns().isSet()) {
      fleet.lookUp(pool);
    }
    for (Replica replica : pool.pool().replicas()) {
      Target target = fleet.target(replica);
      if (target != null) {
        resolve(target);
      }
    }
  }

  private static void resolve(Target target) {
    try {
      String address = target.replica().address();
      String host = address == null ? target.host() : address;
      target.address(new InetSocketAddress(InetAddress.getByName(host), target.port()));
    } catch (UnknownHostException e) {
      // The last address that was known stays; where there is none, attempts fail and say so.
      LOG.debug("cannot resolve {}", target.host());
    }
  }

  /// Probes a replica as its pool is configured now.
  void probe(ConfiguredPool pool, Replica replica) {
    PoolSettings settings = pool.settings();
    String complaint = complaint(pool, settings, replica);
    boolean outdated = pool.settings() != settings || !pool.pool().replicas().contains(replica);
    if (!outdated) {
      judge(settings, replica, complaint);
    }
  }

  private void probe(ConfiguredPool pool, PoolSettings settings, Replica replica) {
    judge(settings, replica, complaint(pool, settings, replica));
  }

  private String complaint(ConfiguredPool pool, PoolSettings settings, Replica replica) {
    String complaint = ask(pool, settings, replica);
    // One lost probe is no evidence: a busy machine loses some.
    return complaint.isEmpty() ? complaint : ask(pool, settings, replica);
  }

  private void judge(PoolSettings settings, Replica replica, String complaint) {
    Health health = replica.health();
    long every = settings.config().probe().every().toNanos();
    if (closed) {
      return;
    }
    if (complaint.isEmpty()) {
      if (health.markUp(clock.getAsLong())) {
        LOG.info("replica {} is back and returns by slow start", replica.name());
      }
    } else if (health.markDown(clock.getAsLong(), every)) {
      LOG.warn("replica {} is down: {}", replica.name(), complaint);
    }
  }

  /// @return what is wrong; empty if the replica lives
  private String ask(ConfiguredPool pool, PoolSettings settings, Replica replica) {
    PoolConfig config = settings.config();
    ProbeConfig probe = config.probe();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url(replica, probe.path())).timeout(probe.timeout()).GET();
    if (config.key().isSet()) {
      boolean anthropic = config.speaks() == Dialect.ANTHROPIC;
      request.header(
          anthropic ? "x-api-key" : "authorization",
          (anthropic ? "" : "Bearer ") + config.key().value());
    }
    if (config.speaks() == Dialect.ANTHROPIC) {
      request.header("anthropic-version", "2023-06-01");
    }
    try {
      HttpResponse<InputStream> answer =
          settings.probes().send(request.build(), BodyHandlers.ofInputStream());
      try (var body = answer.body()) {
        if (answer.statusCode() >= 500) {
          return probe.path() + " answered " + answer.statusCode();
        }
        if (answer.statusCode() == 200 && config.models().isEmpty()) {
          learnModels(pool, listing(body, probe.timeout()));
        }
        return "";
      }
    } catch (IOException e) {
      String message = e.getMessage();
      return message == null ? e.getClass().getSimpleName() : message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /// The request's own timeout ends with the head; a listing may come slowly too.
  private static byte[] listing(InputStream body, Duration within) throws IOException {
    Executor later = CompletableFuture.delayedExecutor(within.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<Void> late = CompletableFuture.runAsync(() -> giveUp(body), later);
    try {
      return body.readNBytes(LONGEST_LISTING);
    } finally {
      late.cancel(false);
    }
  }

  private static void giveUp(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      LOG.debug("a list of models that came too slowly cannot be closed", e);
    }
  }

  static URI url(Replica replica, String path) {
    URI url = replica.url();
    String host =
        replica.address() != null && url.getScheme().equals("http")
            ? replica.address()
            : url.getHost();
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create(
        url.getScheme() + "://" + bracketed + port + PoolSettings.basePath(url) + path);
  }

  private void learnModels(ConfiguredPool pool, byte[] listing) {
    try {
      Set<String> models = new LinkedHashSet<>();
      for (JsonNode model : JSON.readTree(listing).path("data")) {
        String id = model.path("id").asString("");
        if (!id.isEmpty()) {
          models.add(id);
        }
      }
      if (pool.models(models)) {
        fleet.modelsChanged();
        LOG.info("pool {} serves {}", pool.pool().name(), models);
      }
    } catch (JacksonException e) {
      LOG.debug("pool {}: its list of models is no JSON", pool.pool().name());
    }
  }

  @Override
  public void close() {
    closed = true;
    fleet.routes().configured().forEach(pool -> pool.settings().probes().shutdownNow());
  }
}
