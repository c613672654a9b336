package dev.forebay.server.upstream;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which pool serves which call under one configuration. Lock-free and safe for all threads.
public final class Routes implements Fleet {
  private final List<ConfiguredPool> pools;
  private volatile Map<Dialect, Map<String, Pool>> byModel = Map.of();

  Routes(List<ConfiguredPool> pools) {
    this.pools = List.copyOf(pools);
    modelsChanged();
  }

  List<ConfiguredPool> configured() {
    return pools;
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

  /// To be called when a pool's models have changed. Where two pools serve the same model, the one
  /// that stands first in the configuration gets its calls.
  void modelsChanged() {
    Map<Dialect, Map<String, Pool>> next = new EnumMap<>(Dialect.class);
    for (ConfiguredPool pool : pools) {
      Map<String, Pool> models =
          next.computeIfAbsent(pool.pool().speaks(), _ -> new LinkedHashMap<>());
      pool.models().forEach(model -> models.putIfAbsent(model, pool.pool()));
    }
    byModel = next;
  }
}
