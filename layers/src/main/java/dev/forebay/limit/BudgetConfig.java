package dev.forebay.limit;

/// What a tenant may spend.
///
/// @param amount none if there is no budget
/// @param per when it starts afresh, at midnight UTC
/// @param shadow whether calls beyond it pass all the same and are only counted
public record BudgetConfig(Money amount, Window per, boolean shadow) {
  public static final BudgetConfig NONE = new BudgetConfig(Money.NONE, Window.MONTH, false);

  /// How long a budget is for.
  public enum Window {
    DAY,
    MONTH
  }
}
