package dev.forebay.server.upstream;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The pools of the configuration, the replicas that are known now, and the models that these
/// serve.
///
/// Reads are lock-free and safe for all threads; the prober writes.
public final class ReplicaFleet implements Fleet {
  private final List<ConfiguredPool> pools;
  private final Map<Replica, Target> targets = new ConcurrentHashMap<>();
  private volatile Map<Dialect, Map<String, Pool>> byModel = Map.of();

  /// @param configs the pools by name, in the order of the configuration
  public ReplicaFleet(Map<String, PoolConfig> configs) {
    pools =
        configs.entrySet().stream()
            .map(entry -> new ConfiguredPool(entry.getKey(), entry.getValue()))
            .toList();
    for (ConfiguredPool pool : pools) {
      pool.pool().replicas().forEach(replica -> targets.put(replica, pool.target(replica)));
    }
    modelsChanged();
  }

  List<ConfiguredPool> configured() {
    return pools;
  }

  Target target(Replica replica) {
    return Objects.requireNonNull(targets.get(replica), "a replica of this fleet");
  }

  @Override
  public @Nullable Pool poolFor(Request request) {
    if (request.operation() == Operation.PASS_THROUGH) {
      for (ConfiguredPool pool : pools) {
        if (pool.pool().passThrough()) {
          return pool.pool();
        }
      }
      return null;
    }
    return byModel.getOrDefault(request.operation().dialect(), Map.of()).get(request.model());
  }

  @Override
  public List<Pool> pools() {
    return pools.stream().map(ConfiguredPool::pool).toList();
  }

  /// The pool of every model, in the order of the configuration.
  public Map<String, String> models() {
    Map<String, String> models = new LinkedHashMap<>();
    for (ConfiguredPool pool : pools) {
      pool.models().forEach(model -> models.putIfAbsent(model, pool.pool().name()));
    }
    return models;
  }

  /// Replaces the replicas of a pool that were found by name; those already known keep their state.
  void replicas(ConfiguredPool pool, List<Replica> replicas) {
    List<Replica> before = pool.pool().replicas();
    replicas.forEach(replica -> targets.computeIfAbsent(replica, pool::target));
    pool.pool().replicas(replicas);
    // A replica that is gone keeps its target while calls that run on it may still ask for it.
    before.stream()
        .filter(replica -> !replicas.contains(replica) && replica.outstandingCalls() == 0)
        .forEach(targets::remove);
  }

  /// To be called when a pool's models have changed. Where two pools serve the same model, the one
  /// that stands first in the configuration gets its calls.
  void modelsChanged() {
    Map<Dialect, Map<String, Pool>> next = new java.util.EnumMap<>(Dialect.class);
    for (ConfiguredPool pool : pools) {
      Map<String, Pool> models =
          next.computeIfAbsent(pool.pool().speaks(), _ -> new LinkedHashMap<>());
      pool.models().forEach(model -> models.putIfAbsent(model, pool.pool()));
    }
    byModel = next;
  }
}
