package dev.forebay.server.upstream;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.AccountConfig;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Request;
import dev.forebay.server.upstream.FleetChange.PoolChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pools and replicas that are known now, and what outlives a change of configuration: a
/// replica is the same as long as its pool, its name and its URL are, an account as long as its
/// name is.
///
/// Reads are lock-free and safe for all threads; writes are guarded by the object.
public final class ReplicaFleet implements Fleet {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaFleet.class);

  private final BiConsumer<Replica, PoolConfig> meet;
  private final Consumer<List<Target>> forget;
  private final Map<Replica, Target> targets = new ConcurrentHashMap<>();
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final List<Left> left = new CopyOnWriteArrayList<>();
  private volatile Routes routes = new Routes(List.of());

  /// A replica that gets no more calls.
  private record Left(String pool, Replica replica) {}

  /// A fleet without pools.
  ///
  /// @param meet told of a replica that is new, before anything is sent to it; must not block
  /// @param forget told of targets to which nothing will be sent any more; must not block
  public ReplicaFleet(BiConsumer<Replica, PoolConfig> meet, Consumer<List<Target>> forget) {
    this.meet = meet;
    this.forget = forget;
  }

  // reading

  /// The routes of the configuration that runs now.
  public Routes routes() {
    return routes;
  }

  /// How to reach a replica; null if it left and the last of its calls has ended.
  @Nullable Target target(Replica replica) {
    return targets.get(replica);
  }

  @Override
  public @Nullable Pool poolFor(Request request) {
    return routes.poolFor(request);
  }

  @Override
  public List<Pool> pools() {
    return routes.pools();
  }

  /// The replicas of all pools, and those that have left: each at least as long as calls run on it.
  public Set<Replica> known() {
    return Collections.unmodifiableSet(targets.keySet());
  }

  /// Replicas that have left and on which calls still run.
  public List<Replica> draining() {
    return left.stream()
        .map(Left::replica)
        .filter(replica -> replica.outstandingCalls() > 0)
        .toList();
  }

  // another configuration

  /// Finds what a configuration would change, and changes nothing. Blocks while names are looked
  /// up.
  ///
  /// @param configs the pools by name, in the order of the configuration
  /// @throws IllegalArgumentException if it cannot be done, with the reason
  public FleetChange plan(Map<String, PoolConfig> configs) {
    List<PoolChange> changes = new ArrayList<>();
    configs.forEach((name, config) -> changes.add(plan(name, config)));
    Set<Replica> stay = new HashSet<>();
    changes.forEach(each -> stay.addAll(each.replicas()));
    List<String> gone = new ArrayList<>();
    for (Pool pool : pools()) {
      for (Replica replica : pool.replicas()) {
        if (!stay.contains(replica)) {
          gone.add(pool.name() + "/" + replica.name());
        }
      }
    }
    return new FleetChange(changes, gone);
  }

  private PoolChange plan(String name, PoolConfig config) {
    ConfiguredPool before = null;
    for (ConfiguredPool pool : routes.configured()) {
      if (pool.pool().name().equals(name)) {
        before = pool;
      }
    }
    PoolSettings settings;
    try {
      settings = before == null ? PoolSettings.of(config) : before.settings().with(config);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("pools." + name + "." + e.getMessage(), e);
    }
    ConfiguredPool pool =
        before != null && before.canBecome(config) ? before : new ConfiguredPool(name, settings);
    List<Replica> now = before == null ? List.of() : before.pool().replicas();
    List<Replica> members = new Members(name, now, left(name)).under(config);
    List<Target> reached = members.stream().map(r -> settings.target(name, r, live(r))).toList();
    Set<Replica> added = new HashSet<>(members);
    now.forEach(added::remove);
    return new PoolChange(pool, settings, reached, added);
  }

  private List<Replica> left(String pool) {
    return left.stream().filter(each -> each.pool().equals(pool)).map(Left::replica).toList();
  }

  private @Nullable Target live(Replica replica) {
    Target target = targets.get(replica);
    return target == null || target.retired() ? null : target;
  }

  /// Does what was planned. Calls that began before it go on: on replicas that left to their end,
  /// on those that stay as if nothing had happened.
  public synchronized void apply(FleetChange change) {
    List<Target> retired = new ArrayList<>();
    List<Left> gone = new ArrayList<>();
    for (Pool pool : pools()) {
      pool.replicas().forEach(replica -> gone.add(new Left(pool.name(), replica)));
    }
    for (PoolChange each : change.pools()) {
      gone.removeIf(g -> each.replicas().contains(g.replica()));
      each.targets().forEach(target -> reach(target, each.settings(), retired));
    }
    change
        .pools()
        .forEach(
            each -> each.pool().become(each.settings(), account(each.settings()), each.replicas()));
    routes = new Routes(change.pools().stream().map(PoolChange::pool).toList());
    leave(gone, retired);
  }

  /// An account is never forgotten: it costs some hundred bytes, and one that returns is still
  /// asked to pause.
  private @Nullable Account account(PoolSettings settings) {
    String name = settings.config().account();
    return name.isEmpty() ? null : accounts.computeIfAbsent(name, Account::new);
  }

  /// Sets what providers let accounts have, by name; those that are not named have no limits.
  public synchronized void limit(Map<String, AccountConfig> limits) {
    limits.keySet().forEach(name -> accounts.computeIfAbsent(name, Account::new));
    accounts.forEach(
        (name, account) -> account.limit(limits.getOrDefault(name, AccountConfig.NONE)));
  }

  private void reach(Target target, PoolSettings settings, List<Target> retired) {
    target.credentials(settings.credentials());
    PoolConfig config = settings.config();
    target.forwardsKey(config.forwardKey());
    target.asks(config.streamUsage(), config.tenantId().field(), settings.tenantIds());
    left.removeIf(each -> each.replica() == target.replica());
    Target before = targets.put(target.replica(), target);
    if (before == null) {
      meet.accept(target.replica(), config);
    } else if (before != target) {
      retired.add(before);
    }
  }

  /// A replica that left keeps its target, for whoever picked it just before, until something
  /// changes again and no call runs on it any more.
  private void leave(List<Left> gone, List<Target> retired) {
    left.removeIf(each -> {
      boolean over = each.replica().outstandingCalls() == 0;
      if (over) {
        targets.remove(each.replica());
      }
      return over;
    });
    for (Left each : gone) {
      left.add(each);
      Target target = targets.get(each.replica());
      if (target != null) {
        retired.add(target);
      }
    }
    retired.forEach(Target::retire);
    forget.accept(retired);
  }

  // what the replicas and names tell

  /// Looks again which replicas a pool has. Blocks.
  void lookUp(ConfiguredPool pool) {
    String name = pool.pool().name();
    PoolSettings settings = pool.settings();
    List<Replica> now = pool.pool().replicas();
    List<Replica> members = new Members(name, now, left(name)).under(settings.config());
    synchronized (this) {
      // Another configuration may have come meanwhile; it looked for itself.
      if (members.equals(now)
          || pool.settings() != settings
          || !routes.configured().contains(pool)
          || !pool.pool().replicas().equals(now)) {
        return;
      }
      LOG.info("pool {} now has {} replicas: {}", name, members.size(), members);
      List<Target> retired = new ArrayList<>();
      members.forEach(r -> reach(settings.target(name, r, live(r)), settings, retired));
      pool.pool().replicas(members);
      leave(
          now.stream().filter(r -> !members.contains(r)).map(r -> new Left(name, r)).toList(),
          retired);
    }
  }

  /// To be called when a pool's models have changed.
  synchronized void modelsChanged() {
    routes.modelsChanged();
  }
}
