package dev.forebay.limit;

import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Configurations to try things on: nothing is limited but what a test says.
final class LimitConfigs {
  LimitSet global = LimitSet.NONE;
  final Map<String, ModelConfig> models = new LinkedHashMap<>();
  final Map<String, LimitSet> tiers = new LinkedHashMap<>();
  final Map<String, TenantConfig> tenants = new LinkedHashMap<>();
  LimitSet address = LimitSet.NONE;
  LimitSet user = LimitSet.NONE;

  LimitConfig build() {
    return new LimitConfig(global, models, tiers, tenants, address, user, 10_000, 700, 1_000, 500);
  }

  LimitConfigs tenant(String name, LimitSet limits) {
    return tenant(name, limits, Map.of());
  }

  LimitConfigs tenant(String name, LimitSet limits, Map<String, LimitSet> keys) {
    tenants.put(name, new TenantConfig(1, List.of(), "", limits, keys, BudgetConfig.NONE));
    return this;
  }

  LimitConfigs model(String name, LimitSet limits) {
    models.put(name, new ModelConfig(limits, 1_000, 500, Money.NONE, Money.NONE));
    return this;
  }

  static LimitSet requests(Requests... limits) {
    return new LimitSet(List.of(limits), List.of(), List.of());
  }

  static LimitSet requests(String rate, long burst) {
    return requests(Requests.of(rate, burst));
  }

  static LimitSet tokens(String rate, long burst) {
    return new LimitSet(List.of(), List.of(Tokens.of(rate, burst)), List.of());
  }

  static LimitSet concurrency(int most) {
    return new LimitSet(List.of(), List.of(), List.of(Concurrency.of(most)));
  }
}
