package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Dialect;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A pool's configuration, and what reaching its replicas needs that is made of it. Immutable; safe
/// for all threads.
final class PoolSettings {
  private final PoolConfig config;
  private final @Nullable SslContext tls;
  private final HttpClient probes;
  private final TenantIds tenantIds;

  private PoolSettings(PoolConfig config, @Nullable SslContext tls, HttpClient probes) {
    this.config = config;
    this.tls = tls;
    this.probes = probes;
    this.tenantIds = new TenantIds(config.tenantId().secret());
  }

  /// @throws IllegalArgumentException if a file of its TLS cannot be used, naming it
  static PoolSettings of(PoolConfig config) {
    return new PoolSettings(
        config, secure(config) ? Tls.toReplicas(config.tls()) : null, client(config));
  }

  /// The same pool configured otherwise. What the change does not touch stays, so that connections
  /// that rest stay of use.
  PoolSettings with(PoolConfig next) {
    if (next.equals(config)) {
      return this;
    }
    boolean sameReach =
        next.tls().equals(config.tls())
            && next.proxy().equals(config.proxy())
            && next.probe().timeout().equals(config.probe().timeout())
            && secure(next) == secure(config);
    return sameReach ? new PoolSettings(next, tls, probes) : of(next);
  }

  PoolConfig config() {
    return config;
  }

  /// What tenants are called towards the replicas.
  TenantIds tenantIds() {
    return tenantIds;
  }

  /// What asks replicas whether they live.
  HttpClient probes() {
    return probes;
  }

  /// How the replica is reached: as before, if nothing of that has changed.
  Target target(String pool, Replica replica, @Nullable Target before) {
    SslContext secured = replica.url().getScheme().equals("https") ? tls : null;
    InetSocketAddress proxy = proxy(replica.url(), config);
    if (before != null
        && Objects.equals(before.tls(), secured)
        && Objects.equals(before.proxy(), proxy)) {
      return before;
    }
    Target target =
        new Target(pool, replica, basePath(replica.url()), credentials(), secured, proxy);
    if (before != null) {
      target.address(before.address());
    }
    return target;
  }

  /// Header lines that carry the pool's key, each ended by CRLF; empty for none.
  String credentials() {
    if (!config.key().isSet()) {
      return "";
    }
    return config.speaks() == Dialect.ANTHROPIC
        ? "x-api-key: " + config.key().value() + "\r\n"
        : "authorization: Bearer " + config.key().value() + "\r\n";
  }

  /// People write base URLs with and without `/v1`; the paths that are asked for bring their own.
  static String basePath(URI url) {
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return path.endsWith("/v1") ? path.substring(0, path.length() - 3) : path;
  }

  private static boolean secure(PoolConfig config) {
    return urls(config).anyMatch(url -> "https".equals(url.getScheme()));
  }

  private static HttpClient client(PoolConfig config) {
    try {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(config.probe().timeout())
              .sslContext(secure(config) ? Tls.forProbes(config.tls()) : Tls.forNobody());
      urls(config)
          .map(url -> proxy(url, config))
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(proxy -> builder.proxy(ProxySelector.of(proxy)));
      return builder.build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<URI> urls(PoolConfig config) {
    Stream<URI> replicas = config.replicas().stream().map(ReplicaConfig::url);
    return config.dns().isSet() ? Stream.concat(replicas, Stream.of(config.dns().url())) : replicas;
  }

  private static @Nullable InetSocketAddress proxy(URI url, PoolConfig config) {
    return ForwardProxy.towards(url, config.proxy(), System.getenv());
  }
}
