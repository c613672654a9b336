package dev.forebay.server.config;

import dev.forebay.server.upstream.PoolConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks which pools stand in for which others.
final class Fallbacks {
  private Fallbacks() {}

  /// Whether one of the pools stands in for the other, so that both may serve the same model.
  static boolean together(Map<String, PoolConfig> pools, String one, String other) {
    return fallback(pools, one).contains(other) || fallback(pools, other).contains(one);
  }

  /// What cannot be, one sentence each, beginning with the key to blame.
  static List<String> conflicts(Map<String, PoolConfig> pools) {
    var conflicts = new ArrayList<String>();
    for (String pool : pools.keySet()) {
      var named = new HashSet<String>();
      for (String other : fallback(pools, pool)) {
        String conflict = conflict(pools, pool, other, named.add(other));
        if (conflict != null) {
          conflicts.add("pools." + pool + ".fallback " + conflict);
        }
      }
    }
    circles(pools, conflicts);
    return conflicts;
  }

  private static @Nullable String conflict(
      Map<String, PoolConfig> pools, String pool, String other, boolean firstTime) {
    PoolConfig own = pools.get(pool);
    PoolConfig there = pools.get(other);
    if (own == null || there == null) {
      return "must name pools, was "
          + other
          + EditDistance.nearest(other, pools.keySet())
              .map(near -> "; did you mean " + near + "?")
              .orElse("");
    }
    if (!firstTime) {
      return "must name pools once each, twice was " + other;
    }
    if (there.speaks() != own.speaks()) {
      return "must name pools that speak %s, %s speaks %s".formatted(name(own), other, name(there));
    }
    for (String model : own.models()) {
      if (!there.models().isEmpty() && there.nameOf(model, there.models()) == null) {
        return "must name pools that can serve %s, %s cannot; say in pools.%s.aliases what it is there"
            .formatted(model, other, other);
      }
    }
    return null;
  }

  private static String name(PoolConfig pool) {
    return pool.speaks().name().toLowerCase(Locale.ROOT);
  }

  /// Two pools that stand in for each other would push an overload to and fro.
  private static void circles(Map<String, PoolConfig> pools, List<String> conflicts) {
    var told = new HashSet<String>();
    for (String pool : pools.keySet()) {
      Set<String> circle = circle(pools, pool, pool, new LinkedHashSet<>(), new HashSet<>());
      if (!circle.isEmpty() && told.addAll(circle)) {
        conflicts.add(
            "pools.%s.fallback must not lead back to it, was %s, %s"
                .formatted(pool, String.join(", ", circle), pool));
      }
    }
  }

  /// The pools on a way from `at` to `to`; none if there is none.
  private static Set<String> circle(
      Map<String, PoolConfig> pools, String at, String to, Set<String> way, Set<String> seen) {
    if (!seen.add(at)) {
      return Set.of();
    }
    way.add(at);
    for (String next : fallback(pools, at)) {
      if (next.equals(to)) {
        return way;
      }
      Set<String> found = circle(pools, next, to, way, seen);
      if (!found.isEmpty()) {
        return found;
      }
    }
    way.remove(at);
    return Set.of();
  }

  private static List<String> fallback(Map<String, PoolConfig> pools, String pool) {
    PoolConfig config = pools.get(pool);
    return config == null ? List.of() : config.fallback();
  }
}
