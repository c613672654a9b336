package dev.forebay.limit;

import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.pipeline.Caller;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Names every rule that can never match, never binds or never passes, each with the reason. Asks
/// nobody and changes nothing.
///
/// A limit **never binds** if another one, which the same calls must pass as well, refuses whatever
/// it would refuse: its rate and its burst are not larger. A limit in shadow refuses nothing, so it
/// covers no other.
public final class LimitLint {
  private final LimitConfig config;
  private final Set<String> served;
  private final Map<String, String> keys;
  private final List<Finding> findings = new ArrayList<>();

  private LimitLint(LimitConfig config, Set<String> served, Map<String, String> keys) {
    this.config = config;
    this.served = served;
    this.keys = keys;
  }

  /// The dead rules of a configuration, in its order.
  ///
  /// @param served names of the models that pools serve; empty if that is not known, then nothing
  ///   is said of models
  /// @param keys the tenant of each credential, by `tenant/key`; empty if there are none
  public static List<Finding> check(
      LimitConfig config, Set<String> served, Map<String, String> keys) {
    var lint = new LimitLint(config, served, keys);
    lint.sets();
    lint.models();
    lint.tiers();
    lint.tenants();
    lint.credentials();
    lint.sums();
    return List.copyOf(lint.findings);
  }

  private void found(String where, String why) {
    findings.add(new Finding(where, why));
  }

  private void sets() {
    alone("limits.global", config.global());
    alone("limits.address", config.address());
    within("limits.address", config.address(), "limits.global", config.global());
    alone("limits.user", config.user());
    within("limits.user", config.user(), "limits.global", config.global());
  }

  private void models() {
    config
        .models()
        .forEach((name, model) -> {
          String where = "limits.models." + name;
          if (unserved(name)) {
            found(where, "no pool serves this model, so no call matches");
          }
          alone(where, model.limits());
          within(where, model.limits(), "limits.global", config.global());
          if (model.hasPrice() && config.tenants().values().stream().noneMatch(LimitLint::pays)) {
            found(where, "has a price, but no tenant has a budget, so it changes nothing");
          }
        });
  }

  private static boolean pays(TenantConfig tenant) {
    return !tenant.budget().amount().isNone();
  }

  private boolean unserved(String model) {
    return !served.isEmpty() && !served.contains(model);
  }

  private void tiers() {
    config
        .tiers()
        .forEach((name, tier) -> {
          String where = "limits.tiers." + name;
          if (config.tenants().values().stream().noneMatch(tenant -> tenant.tier().equals(name))) {
            found(where, "no tenant has this tier");
          }
          alone(where, tier);
          within(where, tier, "limits.global", config.global());
        });
  }

  private void tenants() {
    config
        .tenants()
        .forEach((name, tenant) -> {
          String where = "limits.tenants." + name;
          boolean anonymous = name.equals(Caller.ANONYMOUS.tenant());
          if (!anonymous && !keys.isEmpty() && !keys.containsValue(name)) {
            found(where, "no key belongs to this tenant, so nobody can call as it");
          }
          tierOf(where, tenant);
          alone(where, tenant.limits());
          within(where, tenant.limits(), "limits.global", config.global());
          modelsOf(where, tenant);
          budgetOf(where, tenant);
          keysOf(where, name, tenant);
        });
  }

  private void tierOf(String where, TenantConfig tenant) {
    LimitSet tier = config.tiers().get(tenant.tier());
    if (tier != null && !tier.isEmpty()) {
      var replaced = new ArrayList<>(tier.all());
      replaced.removeAll(config.limitsOf(tenant).all());
      if (replaced.size() == tier.all().size()) {
        found(
            where + ".tier",
            "the tenant's own limits take the place of every limit of tier " + tenant.tier());
      }
    }
  }

  private void modelsOf(String where, TenantConfig tenant) {
    List<String> dead = tenant.models().stream().filter(this::unserved).toList();
    if (!dead.isEmpty() && dead.size() == tenant.models().size()) {
      found(where + ".models", "no pool serves any of them, so the tenant can call nothing");
      return;
    }
    for (String model : dead) {
      found(where + ".models", "no pool serves " + model);
    }
  }

  private void budgetOf(String where, TenantConfig tenant) {
    if (!pays(tenant)) {
      return;
    }
    Collection<String> may = tenant.models().isEmpty() ? served : tenant.models();
    boolean priced =
        may.isEmpty()
            ? config.models().values().stream().anyMatch(ModelConfig::hasPrice)
            : may.stream().anyMatch(model -> config.model(model).hasPrice());
    if (!priced) {
      found(where + ".budget", "no model that the tenant may call has a price: never spent");
    }
  }

  private void keysOf(String where, String name, TenantConfig tenant) {
    tenant
        .keys()
        .forEach((key, limits) -> {
          String at = where + ".keys." + key;
          if (!keys.isEmpty() && !name.equals(keys.get(name + "/" + key))) {
            found(at, "the tenant has no such key");
          }
          alone(at, limits);
          within(at, limits, where, config.limitsOf(tenant));
          within(at, limits, "limits.global", config.global());
        });
  }

  private void credentials() {
    keys.forEach((key, tenant) -> {
      if (!config.tenants().containsKey(tenant)) {
        found(
            "keys." + key,
            "tenant " + tenant + " is not configured, so its calls count as anonymous");
      }
    });
  }

  /// What is wrong with a set whatever stands around it.
  private void alone(String where, LimitSet set) {
    for (Requests limit : set.requests()) {
      if (limit.delay() != Requests.NODELAY && limit.delay() >= limit.burst()) {
        found(
            where + ": " + limit,
            "delay " + limit.delay() + " is not below the burst, so nothing ever waits");
      }
    }
    for (Tokens limit : set.tokens()) {
      if (limit.burst() == 0) {
        found(where + ": " + limit, "burst 0 lets no call with a token pass");
      } else if (limit.burst() < config.outputTokens()) {
        found(
            where + ": " + limit,
            "a call without max_tokens is taken to need "
                + config.outputTokens()
                + " tokens at least, more than the burst: none can pass");
      }
    }
    List<Limit> all = set.all();
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < all.size(); j++) {
        // Of two that say the same, the second is the one too many.
        if (i != j
            && covers(all.get(j), all.get(i))
            && !(i < j && covers(all.get(i), all.get(j)))) {
          found(where + ": " + all.get(i), "never binds: " + all.get(j) + " refuses first");
          break;
        }
      }
    }
  }

  /// What never binds because of a set that the same calls must pass too.
  private void within(String where, LimitSet set, String outerName, LimitSet outer) {
    for (Limit limit : set.all()) {
      for (Limit other : outer.all()) {
        if (covers(other, limit)) {
          found(where + ": " + limit, "never binds: " + outerName + " has " + other);
          break;
        }
      }
    }
  }

  /// Whether `one` refuses all that the other would.
  private static boolean covers(Limit one, Limit other) {
    return !one.shadow()
        && switch (one) {
          case Requests a ->
              other instanceof Requests b && b.rate().atLeast(a.rate()) && b.burst() >= a.burst();
          case Tokens a ->
              other instanceof Tokens b && b.rate().atLeast(a.rate()) && b.burst() >= a.burst();
          case Concurrency a -> other instanceof Concurrency b && b.most() >= a.most();
        };
  }

  /// Global limits that all tenants together cannot reach. Whoever has no limit of that kind, like
  /// anonymous callers mostly, can reach anything.
  private void sums() {
    var sets = new LinkedHashMap<String, LimitSet>();
    sets.put(Caller.ANONYMOUS.tenant(), LimitSet.NONE);
    config.tenants().forEach((name, tenant) -> sets.put(name, config.limitsOf(tenant)));
    for (Concurrency limit : config.global().concurrency()) {
      long sum = 0;
      for (LimitSet set : sets.values()) {
        // Far above any limit, and far from overflowing: whoever has none makes the sum
        // unreachable.
        sum += mostAtOnce(set);
      }
      if (limit.most() >= sum) {
        found("limits.global: " + limit, "never binds: all tenants together can have only " + sum);
      }
    }
  }

  private static long mostAtOnce(LimitSet set) {
    return set.concurrency().stream()
        .filter(each -> !each.shadow())
        .mapToLong(Concurrency::most)
        .min()
        .orElse(Integer.MAX_VALUE);
  }
}
