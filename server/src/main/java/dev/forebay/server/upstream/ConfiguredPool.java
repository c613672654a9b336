package dev.forebay.server.upstream;

import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Dialect;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A pool with what its configuration says of reaching its replicas. Safe for all threads.
final class ConfiguredPool {
  private final PoolConfig config;
  private final Pool pool;
  private final @Nullable SslContext tls;
  private volatile Set<String> models;

  ConfiguredPool(String name, PoolConfig config) {
    this.config = config;
    this.models = new LinkedHashSet<>(config.models());
    List<Replica> replicas =
        config.replicas().stream()
            .map(replica -> new Replica(replica.name(), replica.url(), null))
            .toList();
    this.pool = new Pool(name, config.speaks(), config.passThrough(), replicas);
    boolean secure =
        replicas.stream().anyMatch(replica -> replica.url().getScheme().equals("https"))
            || "https".equals(config.dns().url().getScheme());
    this.tls = secure ? Tls.toReplicas(config.tls()) : null;
  }

  Pool pool() {
    return pool;
  }

  PoolConfig config() {
    return config;
  }

  Set<String> models() {
    return models;
  }

  /// Sets the models that the replicas say they serve.
  ///
  /// @return whether that changed anything
  boolean models(Set<String> found) {
    if (!config.models().isEmpty() || found.isEmpty() || found.equals(models)) {
      return false;
    }
    models = found;
    return true;
  }

  Target target(Replica replica) {
    boolean secure = replica.url().getScheme().equals("https");
    return new Target(
        replica,
        pool,
        basePath(replica.url()),
        credentials(),
        secure ? tls : null,
        proxy(replica.url()));
  }

  /// People write base URLs with and without `/v1`; the paths that are asked for bring their own.
  static String basePath(URI url) {
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return path.endsWith("/v1") ? path.substring(0, path.length() - 3) : path;
  }

  private String credentials() {
    if (!config.key().isSet()) {
      return "";
    }
    return config.speaks() == Dialect.ANTHROPIC
        ? "x-api-key: " + config.key().value() + "\r\n"
        : "authorization: Bearer " + config.key().value() + "\r\n";
  }

  private @Nullable InetSocketAddress proxy(URI url) {
    return ForwardProxy.towards(url, config.proxy(), System.getenv());
  }
}
