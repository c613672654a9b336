package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Call;
import dev.forebay.server.openai.TenantField;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How to reach one replica. Safe for all threads.
public final class Target {
  private static final Logger LOG = LoggerFactory.getLogger(Target.class);
  private static final long USAGE_AGAIN_NANOS = TimeUnit.HOURS.toNanos(1);

  private final String pool;
  private final Replica replica;
  private final String basePath;
  private final String authority;
  private final @Nullable SslContext tls;
  private final @Nullable InetSocketAddress proxy;
  private volatile String credentials;
  private volatile boolean forwardsKey;
  private volatile @Nullable InetSocketAddress address;
  private volatile boolean retired;
  private volatile StreamUsage streamUsage = StreamUsage.LEAVE;
  private volatile TenantField tenantField = TenantField.NONE;
  private volatile TenantIds tenantIds = TenantIds.NONE;
  private volatile long refusedUsageNanos;
  private volatile boolean refusedUsage;

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

  /// Whether the replica gets the key that the caller showed.
  boolean forwardsKey() {
    return forwardsKey;
  }

  /// Sets whether the replica gets the keys that callers show, from now on.
  void forwardsKey(boolean forwards) {
    forwardsKey = forwards;
  }

  /// Sets what is asked of the replica beyond what callers ask, from now on.
  void asks(StreamUsage usage, TenantField field, TenantIds ids) {
    streamUsage = usage;
    tenantField = field;
    tenantIds = ids;
  }

  /// Whether the replica is asked what a stream used although its caller did not ask.
  boolean asksUsage(long now) {
    return streamUsage == StreamUsage.ASK
        && !(refusedUsage && now - refusedUsageNanos < USAGE_AGAIN_NANOS);
  }

  /// The replica refused to be asked: it is not asked again for an hour.
  synchronized void refusedUsage(long now) {
    if (asksUsage(now)) {
      refusedUsageNanos = now;
      refusedUsage = true;
      LOG.warn(
          "pool {}: replica {} refuses stream_options.include_usage; for an hour it is not asked"
              + " for, and tokens of streams are counted delta by delta",
          pool,
          replica.name());
    }
  }

  /// By what the replica is told whose call it is; `NONE` if by nothing.
  TenantField tenantField() {
    return tenantField;
  }

  /// What the call's tenant is called towards the replica.
  String tenant(Call call) {
    return tenantIds.of(call.caller().tenant());
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
