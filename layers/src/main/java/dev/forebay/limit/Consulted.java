package dev.forebay.limit;

import dev.forebay.limit.Limit.Kind;
import dev.forebay.pipeline.Note;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every limit of a call said when it was asked: how much was left, and whether that was too
/// little. Immutable; some 12 bytes for each limit.
public final class Consulted implements Note {
  private final Rule[] rules;
  private final long[] values;
  private final long refused;
  private final long tokens;
  private final long now;
  private final @Nullable OfBudget budget;

  /// @param rules the limits as they were
  /// @param values the number that each of them kept, before anything was taken
  /// @param refused a bit for each of them that would not have let the call pass
  /// @param tokens that the call was taken to need
  Consulted(
      Rule[] rules, long[] values, long refused, long tokens, long now, @Nullable OfBudget budget) {
    this.rules = rules;
    this.values = values;
    this.refused = refused;
    this.tokens = tokens;
    this.now = now;
    this.budget = budget;
  }

  /// What the tenant's budget said.
  ///
  /// @param askedMicros that the call was taken to cost
  /// @param leftMicros of the budget, without what was set aside
  record OfBudget(BudgetConfig config, long askedMicros, long leftMicros, boolean refused) {

    private Map<String, Object> tell() {
      var told = new LinkedHashMap<String, Object>();
      told.put("amount", config.amount().toString());
      told.put("asked", new Money(askedMicros).toString());
      told.put("left", new Money(Math.max(0, leftMicros)).toString());
      told.put("refused", refused);
      told.put("shadow", config.shadow());
      return told;
    }
  }

  @Override
  public Map<String, Object> tell() {
    List<Map<String, Object>> limits = new ArrayList<>();
    for (int i = 0; i < rules.length; i++) {
      limits.add(tell(i));
    }
    var told = new LinkedHashMap<String, Object>();
    told.put("limits", limits);
    if (budget != null) {
      told.put("budget", budget.tell());
    }
    return told;
  }

  private Map<String, Object> tell(int index) {
    Rule rule = rules[index];
    var told = new LinkedHashMap<String, Object>();
    told.put("level", rule.level().toString());
    if (!rule.subject().isEmpty()) {
      told.put("subject", rule.subject());
    }
    told.put("limit", rule.limit().toString());
    told.put("asked", rule.limit().kind() == Kind.TOKENS ? tokens : 1L);
    told.put("left", rule.left(values[index], now));
    told.put("refused", (refused >>> index & 1) != 0);
    told.put("shadow", rule.limit().shadow());
    return told;
  }
}
