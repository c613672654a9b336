package dev.forebay.server.upstream;

import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// How to reach one replica. Safe for all threads.
public final class Target {
  private final Replica replica;
  private final Pool pool;
  private final String basePath;
  private final String authority;
  private final String credentials;
  private final @Nullable SslContext tls;
  private final @Nullable InetSocketAddress proxy;
  private volatile @Nullable InetSocketAddress address;

  /// @param credentials header lines that carry the pool's key, each ended by CRLF; empty for none
  /// @param proxy where to ask for a tunnel, if not connected directly
  Target(
      Replica replica,
      Pool pool,
      String basePath,
      String credentials,
      @Nullable SslContext tls,
      @Nullable InetSocketAddress proxy) {
    this.replica = replica;
    this.pool = pool;
    this.basePath = basePath;
    this.authority = replica.url().getRawAuthority();
    this.credentials = credentials;
    this.tls = tls;
    this.proxy = proxy;
  }

  public Replica replica() {
    return replica;
  }

  public Pool pool() {
    return pool;
  }

  /// What stands before `/v1` in the replica's paths; empty or starting with a slash.
  String basePath() {
    return basePath;
  }

  /// The value of the Host header.
  String authority() {
    return authority;
  }

  String credentials() {
    return credentials;
  }

  @Nullable SslContext tls() {
    return tls;
  }

  @Nullable InetSocketAddress proxy() {
    return proxy;
  }

  String host() {
    return replica.url().getHost();
  }

  int port() {
    int port = replica.url().getPort();
    return port >= 0 ? port : replica.url().getScheme().equals("https") ? 443 : 80;
  }

  /// Where to connect; null while the host's name could not be resolved.
  @Nullable InetSocketAddress address() {
    return address;
  }

  void address(@Nullable InetSocketAddress address) {
    this.address = address;
  }
}
