package dev.forebay.server.config;

import dev.forebay.fleet.AccountConfig;
import dev.forebay.gpu.GpuConfig;
import dev.forebay.limit.LimitConfig;
import dev.forebay.limit.LimitLint;
import dev.forebay.monitor.MonitorConfig;
import dev.forebay.pipeline.Degradation.Step;
import dev.forebay.pipeline.Dialect;
import dev.forebay.queue.QueueConfig;
import dev.forebay.retry.DegradeConfig;
import dev.forebay.retry.RetryConfig;
import dev.forebay.server.adapter.log.LogConfig;
import dev.forebay.server.adapter.nvidia.DevicesConfig;
import dev.forebay.server.admin.AdminConfig;
import dev.forebay.server.http.HttpConfig;
import dev.forebay.server.http.KeyConfig;
import dev.forebay.server.protection.ProtectionConfig;
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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Everything that an operator can set. The components are named as the packages they configure.
///
/// @param http how callers are listened to
/// @param admin who may look inside
/// @param pools where calls can go, by name, in the order of the file
/// @param accounts what providers let the accounts have that pools name
/// @param aliases a model that callers name, to the model that a pool serves; never to another
///   alias
/// @param retry layer 1
/// @param degrade what calls become whose tenants would rather have less than be refused
/// @param limits layer 2
/// @param queue layer 3
/// @param gpu layer 4
/// @param devices who is asked how the GPUs of this machine are
/// @param upstream how patient the gateway is with a replica
/// @param protection when the process takes no new calls
/// @param monitor layer 7
/// @param keys what callers must show; nothing if there are none
/// @param revokedKeys the file that remembers which keys were revoked
/// @param log what is written to files
public record GatewayConfig(
    HttpConfig http,
    AdminConfig admin,
    Map<String, PoolConfig> pools,
    Map<String, AccountConfig> accounts,
    Map<String, String> aliases,
    RetryConfig retry,
    DegradeConfig degrade,
    LimitConfig limits,
    List<KeyConfig> keys,
    String revokedKeys,
    QueueConfig queue,
    GpuConfig gpu,
    DevicesConfig devices,
    UpstreamConfig upstream,
    ProtectionConfig protection,
    MonitorConfig monitor,
    LogConfig log) {

  private static final Pattern POOL_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /// A model can be served once in each dialect.
  private record Served(Dialect speaks, String model) {}

  public GatewayConfig {
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    accounts = Collections.unmodifiableMap(new LinkedHashMap<>(accounts));
    keys = List.copyOf(keys);
    aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    var conflicts = new ArrayList<String>();
    for (String pool : pools.keySet()) {
      if (!POOL_NAME.matcher(pool).matches()) {
        conflicts.add("pools must have names of letters, digits, . _ and -, one was " + pool);
      }
    }
    replicasOfTheSameName(pools, conflicts);
    modelsServedTwice(pools, conflicts);
    conflicts.addAll(Fallbacks.conflicts(pools));
    aliasesOfAliases(aliases, conflicts);
    keysOfTheSameName(keys, conflicts);
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
        if (other != null && !Fallbacks.together(pools, pool, other)) {
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

  private static void keysOfTheSameName(List<KeyConfig> keys, List<String> conflicts) {
    var ids = new HashSet<String>();
    var hashes = new HashSet<String>();
    for (KeyConfig key : keys) {
      if (!ids.add(key.id())) {
        conflicts.add("keys must have unique ids, more than one was " + key.id());
      }
      if (!hashes.add(key.hash().value().toLowerCase(Locale.ROOT))) {
        conflicts.add("keys must have unique hashes, %s has that of another".formatted(key.id()));
      }
    }
  }

  /// The same, with callers connecting elsewhere.
  public GatewayConfig listeningOn(Address address) {
    return new GatewayConfig(
        http.listeningOn(address),
        admin,
        pools,
        accounts,
        aliases,
        retry,
        degrade,
        limits,
        keys,
        revokedKeys,
        queue,
        gpu,
        devices,
        upstream,
        protection,
        monitor,
        log);
  }

  /// What is allowed but looks like a slip, one sentence each.
  public List<String> warnings() {
    var warnings = new ArrayList<String>();
    Set<String> listed = listedModels();
    if (pools.isEmpty()) {
      warnings.add("pools is empty: every call will be answered 404");
    } else if (!listed.isEmpty()) {
      aliases.forEach((alias, model) -> {
        if (!listed.contains(model)) {
          warnings.add("aliases.%s names %s, which no pool lists".formatted(alias, model));
        }
      });
    }
    if (!listed.isEmpty()) {
      degrade
          .smaller()
          .forEach((model, smaller) -> {
            for (String each : List.of(model, smaller)) {
              if (!listed.contains(each)) {
                warnings.add(
                    "degrade.smaller.%s names %s, which no pool lists".formatted(model, each));
              }
            }
          });
    }
    if (degrade.smaller().isEmpty()) {
      limits
          .tenants()
          .forEach((name, tenant) -> {
            if (tenant.degrade().contains(Step.MODEL)) {
              warnings.add(
                  "limits.tenants.%s.degrade names model, but degrade.smaller has none"
                      .formatted(name));
            }
          });
    }
    for (String account : accounts.keySet()) {
      if (pools.values().stream().noneMatch(pool -> pool.account().equals(account))) {
        warnings.add("accounts.%s is the account of no pool".formatted(account));
      }
    }
    var tenants = new LinkedHashMap<String, String>();
    keys.forEach(key -> tenants.put(key.tenant() + "/" + key.id(), key.tenant()));
    LimitLint.check(limits, listed, tenants).forEach(found -> warnings.add(found.toString()));
    return warnings;
  }

  /// The models that pools list; none if a pool serves what its replicas will say.
  private Set<String> listedModels() {
    var listed = new HashSet<String>();
    for (PoolConfig pool : pools.values()) {
      if (pool.models().isEmpty()) {
        return Set.of();
      }
      listed.addAll(pool.models());
    }
    return listed;
  }
}
