package dev.forebay.server.upstream;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A pool with what its configuration says of reaching its replicas. It outlives a change of that
/// configuration, unless what it speaks or lets through changes: calls that wait for one of its
/// replicas then find those that it has by now.
///
/// Safe for all threads; the fleet writes.
final class ConfiguredPool {
  private final Pool pool;
  private volatile PoolSettings settings;
  private volatile Set<String> models;

  /// A pool that has no replicas yet.
  ConfiguredPool(String name, PoolSettings settings) {
    PoolConfig config = settings.config();
    this.settings = settings;
    this.models = new LinkedHashSet<>(config.models());
    this.pool = new Pool(name, config.speaks(), config.passThrough(), List.of());
  }

  Pool pool() {
    return pool;
  }

  PoolConfig config() {
    return settings.config();
  }

  PoolSettings settings() {
    return settings;
  }

  Set<String> models() {
    return models;
  }

  /// Whether it can be configured so and stay the same pool.
  boolean canBecome(PoolConfig next) {
    return pool.speaks() == next.speaks() && pool.passThrough() == next.passThrough();
  }

  /// Takes another configuration. Models that are no longer listed stay until replicas list theirs.
  void become(PoolSettings next, @Nullable Account account, List<Replica> replicas) {
    settings = next;
    if (!next.config().models().isEmpty()) {
      models = new LinkedHashSet<>(next.config().models());
    }
    pool.account(account);
    pool.replicas(replicas);
  }

  /// Sets the models that the replicas say they serve.
  ///
  /// @return whether that changed anything
  boolean models(Set<String> found) {
    if (!config().models().isEmpty() || found.isEmpty() || found.equals(models)) {
      return false;
    }
    models = found;
    return true;
  }
}
