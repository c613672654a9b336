package dev.forebay.limit;

import java.util.Map;

/// Who may have how much.
///
/// @param global limits of all calls together
/// @param models by name; a model that is not named has no limits and no price, and `imageTokens`
///   and `audioTokens` of this record
/// @param tiers sets of limits that tenants refer to by name
/// @param tenants by name; callers of a tenant that is not named count as the tenant `anonymous`
/// @param address limits of each caller address by itself
/// @param user limits of each end user of a tenant by itself
/// @param remembered addresses, and as many end users, whose use is remembered at once, 1000..10^7;
///   costs 32 to 64 bytes for each and for each limit
/// @param outputTokens taken as generated where the caller set no bound or a larger one, 1..10^6
/// @param imageTokens prompt tokens taken for an image, 0..10^6
/// @param audioTokens prompt tokens taken for a piece of audio, 0..10^6
public record LimitConfig(
    LimitSet global,
    Map<String, ModelConfig> models,
    Map<String, LimitSet> tiers,
    Map<String, TenantConfig> tenants,
    LimitSet address,
    LimitSet user,
    int remembered,
    long outputTokens,
    long imageTokens,
    long audioTokens) {
  public LimitConfig {
    models = Ordered.copyOf(models);
    tiers = Ordered.copyOf(tiers);
    tenants = Ordered.copyOf(tenants);
    if (remembered < 1_000 || remembered > 10_000_000) {
      throw new IllegalArgumentException("remembered must be 1000..10000000, was " + remembered);
    }
    if (outputTokens < 1 || outputTokens > 1_000_000) {
      throw new IllegalArgumentException("outputTokens must be 1..1000000, was " + outputTokens);
    }
    for (Map.Entry<String, TenantConfig> tenant : tenants.entrySet()) {
      String tier = tenant.getValue().tier();
      if (!tier.isEmpty() && !tiers.containsKey(tier)) {
        throw new IllegalArgumentException(
            "tenants."
                + tenant.getKey()
                + ".tier must be "
                + (tiers.isEmpty()
                    ? "declared in tiers, where there is none"
                    : "one of " + String.join(", ", tiers.keySet()))
                + ", was "
                + tier);
      }
    }
  }

  /// What the model costs and counts; without limits and prices if it is not named.
  ModelConfig model(String name) {
    ModelConfig named = models.get(name);
    return named != null
        ? named
        : new ModelConfig(LimitSet.NONE, imageTokens, audioTokens, Money.NONE, Money.NONE);
  }

  /// The limits of a tenant, its tier's among them.
  LimitSet limitsOf(TenantConfig tenant) {
    LimitSet tier = tiers.get(tenant.tier());
    return tier == null ? tenant.limits() : tenant.limits().over(tier);
  }
}
