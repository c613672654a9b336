package dev.forebay.limit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A tenant at work: its limits, its keys, its money and its use. Guarded by `Limits`.
final class TenantAccount {
  private final String name;
  private TenantConfig config = TenantConfig.OPEN;
  private Subject limits = Subject.UNLIMITED;
  private Map<String, Subject> keys = Map.of();
  private @Nullable BudgetMeter budget;
  private long tokens;
  private long estimatedTokens;

  TenantAccount(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /// Goes on as configured now; the budget keeps what was spent of it.
  void become(TenantConfig config, Subject limits, Map<String, Subject> keys) {
    this.config = config;
    this.limits = limits;
    this.keys = keys;
    if (config.budget().amount().isNone()) {
      budget = null;
    } else if (budget == null) {
      budget = new BudgetMeter(config.budget());
    } else {
      budget.become(config.budget());
    }
  }

  TenantConfig config() {
    return config;
  }

  Subject limits() {
    return limits;
  }

  Subject key(String key) {
    return keys.getOrDefault(key, Subject.UNLIMITED);
  }

  @Nullable BudgetMeter budget() {
    return budget;
  }

  void used(Settlement settlement) {
    tokens += settlement.tokens();
    estimatedTokens += settlement.estimated() ? settlement.tokens() : 0;
  }

  TenantReading reading(long now) {
    return new TenantReading(
        name,
        tokens,
        estimatedTokens,
        limits.meters().map(meter -> line(meter, now)).toList(),
        budget == null ? null : budget.reading());
  }

  private static TenantReading.Line line(Meter meter, long now) {
    LimitReading reading = meter.reading();
    return new TenantReading.Line(
        reading.limit(),
        reading.shadow(),
        // Of a tenant as a whole there is one number, whatever the key.
        meter.rule().left(meter.value(0, now), now),
        reading.passed(),
        reading.refused());
  }
}
