package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// How to reach one replica. Safe for all threads.
public final class Target {
  private final String pool;
  private final Replica replica;
  private final String basePath;
  private final String authority;
  private final @Nullable SslContext tls;
  private final @Nullable InetSocketAddress proxy;
  private volatile String credentials;
  private volatile @Nullable InetSocketAddress address;
  private volatile boolean retired;

  /// @param credentials header lines that carry the pool's key, each ended by CRLF; empty for none
  /// @param proxy where to ask for a tunnel, if not connected directly
  Target(
      String pool,
      Replica replica,
      String basePath,
      String credentials,
      @Nullable SslContext tls,
      @Nullable InetSocketAddress proxy) {
    this.pool = pool;
    this.replica = replica;
    this.basePath = basePath;
    this.authority = replica.url().getRawAuthority();
    this.credentials = credentials;
    this.tls = tls;
    this.proxy = proxy;
  }

  /// The name of the pool that the replica is of.
  String pool() {
    return pool;
  }

  public Replica replica() {
    return replica;
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

  /// Whether the replica is asked with the pool's own key, so that a refusal is of that.
  boolean ownKey() {
    return !credentials.isEmpty();
  }

  /// Sets what the replica asks of the gateway from now on.
  void credentials(String credentials) {
    this.credentials = credentials;
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

  /// Whether its replica left or is now reached in another way: connections to it are kept for no
  /// further call.
  boolean retired() {
    return retired;
  }

  void retire() {
    retired = true;
  }
}
