package dev.forebay.server.upstream;

import dev.forebay.fleet.Health;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Dialect;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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
  private final IdentityHashMap<ConfiguredPool, HttpClient> clients = new IdentityHashMap<>();
  private final Map<Replica, ConfiguredPool> suspects = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// @param clock the clock of the loops, nanoseconds
  public Prober(ReplicaFleet fleet, LongSupplier clock) {
    this.fleet = fleet;
    this.clock = clock;
    fleet.configured().forEach(pool -> clients.put(pool, client(pool)));
  }

  private static HttpClient client(ConfiguredPool pool) {
    try {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(pool.config().probe().timeout())
              .sslContext(Tls.forProbes(pool.config().tls()));
      pool.pool().replicas().stream()
          .map(replica -> pool.target(replica).proxy())
          .filter(java.util.Objects::nonNull)
          .findFirst()
          .ifPresent(proxy -> builder.proxy(ProxySelector.of(proxy)));
      return builder.build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Probes every pool once and waits for the answers.
  public void probeAll() throws InterruptedException {
    for (ConfiguredPool pool : fleet.configured()) {
      resolve(pool);
    }
    List<Runnable> probes =
        fleet.configured().stream()
            .flatMap(
                pool -> pool.pool().replicas().stream().<Runnable>map(r -> () -> probe(pool, r)))
            .toList();
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

  /// Probes a replica soon, because an attempt on it just failed. Does not block; a replica that is
  /// being probed for that reason is not probed twice.
  public void suspect(Replica replica) {
    if (closed) {
      return;
    }
    for (ConfiguredPool pool : fleet.configured()) {
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

  /// Looks up the addresses of a pool's replicas; those of a pool that is found by name become its
  /// replicas.
  void resolve(ConfiguredPool pool) {
    if (pool.config().dns().isSet()) {
      discover(pool);
    }
    for (Replica replica : pool.pool().replicas()) {
      Target target = fleet.target(replica);
      try {
        String host = replica.address() == null ? target.host() : replica.address();
        target.address(new InetSocketAddress(InetAddress.getByName(host), target.port()));
      } catch (UnknownHostException e) {
        // The last address that was known stays; where there is none, attempts fail and say so.
        LOG.debug("cannot resolve {}", target.host());
      }
    }
  }

  private void discover(ConfiguredPool pool) {
    URI url = pool.config().dns().url();
    try {
      Map<String, Replica> known = new java.util.HashMap<>();
      pool.pool().replicas().forEach(replica -> known.put(replica.name(), replica));
      List<Replica> found =
          Arrays.stream(InetAddress.getAllByName(url.getHost()))
              .map(InetAddress::getHostAddress)
              .sorted()
              .distinct()
              .map(ip -> {
                String name = pool.pool().name() + "/" + ip;
                Replica replica = known.get(name);
                return replica == null ? new Replica(name, url, ip) : replica;
              })
              .toList();
      if (!found.equals(pool.pool().replicas())) {
        LOG.info("pool {} now has {} replicas: {}", pool.pool().name(), found.size(), found);
        fleet.replicas(pool, found);
      }
    } catch (UnknownHostException e) {
      LOG.warn(
          "pool {}: cannot resolve {}; its {} replicas stay",
          pool.pool().name(),
          url.getHost(),
          pool.pool().replicas().size());
    }
  }

  void probe(ConfiguredPool pool, Replica replica) {
    Health health = replica.health();
    String complaint = ask(pool, replica);
    if (!complaint.isEmpty()) {
      // One lost probe is no evidence: a busy machine loses some.
      complaint = ask(pool, replica);
    }
    if (closed) {
      return;
    }
    if (complaint.isEmpty()) {
      if (health.markUp(clock.getAsLong())) {
        LOG.info("replica {} is back and returns by slow start", replica.name());
      }
    } else if (health.markDown()) {
      LOG.warn("replica {} is down: {}", replica.name(), complaint);
    }
  }

  /// @return what is wrong; empty if the replica lives
  private String ask(ConfiguredPool pool, Replica replica) {
    ProbeConfig probe = pool.config().probe();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url(replica, probe.path())).timeout(probe.timeout()).GET();
    if (pool.config().key().isSet()) {
      boolean anthropic = pool.config().speaks() == Dialect.ANTHROPIC;
      request.header(
          anthropic ? "x-api-key" : "authorization",
          (anthropic ? "" : "Bearer ") + pool.config().key().value());
    }
    if (pool.config().speaks() == Dialect.ANTHROPIC) {
      request.header("anthropic-version", "2023-06-01");
    }
    try {
      HttpClient client = java.util.Objects.requireNonNull(clients.get(pool));
      HttpResponse<java.io.InputStream> answer =
          client.send(request.build(), BodyHandlers.ofInputStream());
      try (var body = answer.body()) {
        if (answer.statusCode() >= 500) {
          return probe.path() + " answered " + answer.statusCode();
        }
        if (answer.statusCode() == 200 && pool.config().models().isEmpty()) {
          learnModels(pool, body.readNBytes(LONGEST_LISTING));
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

  private static URI url(Replica replica, String path) {
    URI url = replica.url();
    String host =
        replica.address() != null && url.getScheme().equals("http")
            ? replica.address()
            : url.getHost();
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create(
        url.getScheme() + "://" + bracketed + port + ConfiguredPool.basePath(url) + path);
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
    clients.values().forEach(HttpClient::shutdownNow);
  }
}
