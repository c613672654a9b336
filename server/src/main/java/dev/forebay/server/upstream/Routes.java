package dev.forebay.server.upstream;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which pool serves which call under one configuration. Lock-free and safe for all threads.
public final class Routes implements Fleet {
  private final List<ConfiguredPool> pools;
  private final Map<String, ConfiguredPool> byName = new HashMap<>();
  private volatile Map<Dialect, Map<String, Pool>> byModel = Map.of();

  Routes(List<ConfiguredPool> pools) {
    this.pools = List.copyOf(pools);
    pools.forEach(pool -> byName.put(pool.pool().name(), pool));
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

  @Override
  public @Nullable Pool pool(String name) {
    ConfiguredPool pool = byName.get(name);
    return pool == null ? null : pool.pool();
  }

  /// None for a call that only one replica can serve, and for paths that are not understood.
  @Override
  public List<Destination> fallbacks(Request request, Pool pool) {
    ConfiguredPool own = byName.get(pool.name());
    if (own == null || !request.operation().generates() || request.follows() != null) {
      return List.of();
    }
    List<Destination> others = new ArrayList<>();
    for (String name : own.config().fallback()) {
      ConfiguredPool other = byName.get(name);
      String model = other == null ? null : other.config().nameOf(request.model(), other.models());
      if (other != null && model != null && other.pool().speaks() == pool.speaks()) {
        others.add(new Destination(other.pool(), model));
      }
    }
    return others;
  }

  /// The pool of every model, in the order of the configuration.
  public Map<String, String> models() {
    Map<String, String> models = new LinkedHashMap<>();
    for (ConfiguredPool pool : pools) {
      pool.models().forEach(model -> models.merge(model, pool.pool().name(), this::first));
    }
    return models;
  }

  /// To be called when a pool's models have changed. Where two pools serve the same model, the one
  /// that falls back on the other gets its calls, else the one that stands first in the
  /// configuration.
  void modelsChanged() {
    Map<Dialect, Map<String, Pool>> next = new EnumMap<>(Dialect.class);
    for (ConfiguredPool pool : pools) {
      Map<String, Pool> models =
          next.computeIfAbsent(pool.pool().speaks(), _ -> new LinkedHashMap<>());
      pool.models()
          .forEach(model ->
              models.merge(model, pool.pool(), (a, b) -> fallsBack(b.name(), a.name()) ? b : a));
    }
    byModel = next;
  }

  private String first(String before, String after) {
    return fallsBack(after, before) ? after : before;
  }

  private boolean fallsBack(String pool, String on) {
    ConfiguredPool configured = byName.get(pool);
    return configured != null && configured.config().fallback().contains(on);
  }
}
