package dev.forebay.limit;

import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Leeway;
import java.util.List;
import java.util.Map;

/// Who pays, and what for that may be had.
///
/// @param priority the most urgent class that its calls may have, 0..3, 0 the most urgent
/// @param models that it may call; every one if empty
/// @param tier whose limits it has; none if empty
/// @param limits in addition to those of its tier; in place of those that count the same
/// @param keys limits of single credentials, by their names
/// @param degrade what may be taken from its calls rather than refuse them, in the order in which
///   it is tried
public record TenantConfig(
    int priority,
    List<String> models,
    String tier,
    LimitSet limits,
    Map<String, LimitSet> keys,
    BudgetConfig budget,
    List<Degradation.Step> degrade) {
  public static final TenantConfig OPEN =
      new TenantConfig(1, List.of(), "", LimitSet.NONE, Map.of(), BudgetConfig.NONE);

  public TenantConfig {
    if (priority < Caller.MOST_URGENT || priority > Caller.LEAST_URGENT) {
      throw new IllegalArgumentException("priority must be 0..3, was " + priority);
    }
    models = List.copyOf(models);
    keys = Ordered.copyOf(keys);
    degrade = List.copyOf(degrade);
    if (degrade.stream().distinct().count() < degrade.size()) {
      throw new IllegalArgumentException(
          "degrade must name each step once, was "
              + degrade.stream().map(Degradation.Step::label).toList());
    }
  }

  /// A tenant from whose calls nothing is taken.
  public TenantConfig(
      int priority,
      List<String> models,
      String tier,
      LimitSet limits,
      Map<String, LimitSet> keys,
      BudgetConfig budget) {
    this(priority, models, tier, limits, keys, budget, List.of());
  }

  Leeway leeway() {
    return degrade.isEmpty() ? Leeway.NONE : new Leeway(degrade, models);
  }

  boolean mayCall(String model) {
    return models.isEmpty() || model.isEmpty() || models.contains(model);
  }
}
