package dev.forebay.server.config;

import dev.forebay.gpu.GpuConfig;
import dev.forebay.limit.LimitConfig;
import dev.forebay.monitor.MonitorConfig;
import dev.forebay.pipeline.Dialect;
import dev.forebay.retry.RetryConfig;
import dev.forebay.server.adapter.log.LogConfig;
import dev.forebay.server.admin.AdminConfig;
import dev.forebay.server.http.HttpConfig;
import dev.forebay.server.setting.Address;
import dev.forebay.server.upstream.PoolConfig;
import dev.forebay.server.upstream.ReplicaConfig;
import dev.forebay.server.upstream.UpstreamConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Everything that an operator can set. The components are named as the packages they configure.
///
/// @param http how callers are listened to
/// @param admin who may look inside
/// @param pools where calls can go, by name, in the order of the file
/// @param aliases a model that callers name, to the model that a pool serves; never to another
///   alias
/// @param retry layer 1
/// @param limits layer 2
/// @param gpu layer 4
/// @param upstream how patient the gateway is with a replica
/// @param monitor layer 7
/// @param log what is written to files
public record GatewayConfig(
    HttpConfig http,
    AdminConfig admin,
    Map<String, PoolConfig> pools,
    Map<String, String> aliases,
    RetryConfig retry,
    LimitConfig limits,
    GpuConfig gpu,
    UpstreamConfig upstream,
    MonitorConfig monitor,
    LogConfig log) {

  private static final Pattern POOL_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /// A model can be served once in each dialect.
  private record Served(Dialect speaks, String model) {}

  public GatewayConfig {
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    var conflicts = new ArrayList<String>();
    for (String pool : pools.keySet()) {
      if (!POOL_NAME.matcher(pool).matches()) {
        conflicts.add("pools must have names of letters, digits, . _ and -, one was " + pool);
      }
    }
    replicasOfTheSameName(pools, conflicts);
    modelsServedTwice(pools, conflicts);
    aliasesOfAliases(aliases, conflicts);
    if (!conflicts.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", conflicts));
    }
  }

  private static void replicasOfTheSameName(Map<String, PoolConfig> pools, List<String> conflicts) {
    var poolOf = new HashMap<String, String>();
    pools.forEach((pool, config) -> {
      for (ReplicaConfig replica : config.replicas()) {
        String other = poolOf.putIfAbsent(replica.name(), pool);
        if (other != null) {
          conflicts.add(
              "pools.%s.replicas must have names unique in the whole fleet, %s is also in pools.%s"
                  .formatted(pool, replica.name(), other));
        }
      }
    });
  }

  private static void modelsServedTwice(Map<String, PoolConfig> pools, List<String> conflicts) {
    var poolOf = new HashMap<Served, String>();
    pools.forEach((pool, config) -> {
      for (String model : config.models()) {
        String other = poolOf.putIfAbsent(new Served(config.speaks(), model), pool);
        if (other != null) {
          conflicts.add(
              "pools.%s.models must be in one pool per dialect, %s is also in pools.%s"
                  .formatted(pool, model, other));
        }
      }
    });
  }

  private static void aliasesOfAliases(Map<String, String> aliases, List<String> conflicts) {
    aliases.forEach((alias, model) -> {
      if (aliases.containsKey(model)) {
        conflicts.add("aliases.%s must name a model, not an alias, was %s".formatted(alias, model));
      }
    });
  }

  /// The same, with callers connecting elsewhere.
  public GatewayConfig listeningOn(Address address) {
    return new GatewayConfig(
        http.listeningOn(address),
        admin,
        pools,
        aliases,
        retry,
        limits,
        gpu,
        upstream,
        monitor,
        log);
  }

  /// What is allowed but looks like a slip, one sentence each.
  public List<String> warnings() {
    if (pools.isEmpty()) {
      return List.of("pools is empty: every call will be answered 404");
    }
    var listed = new HashSet<String>();
    for (PoolConfig pool : pools.values()) {
      if (pool.models().isEmpty()) {
        return List.of(); // it serves what its replicas will say
      }
      listed.addAll(pool.models());
    }
    var warnings = new ArrayList<String>();
    aliases.forEach((alias, model) -> {
      if (!listed.contains(model)) {
        warnings.add("aliases.%s names %s, which no pool lists".formatted(alias, model));
      }
    });
    return warnings;
  }
}
