package dev.forebay.limit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a tenant used so far, and what it has left.
///
/// @param tokens of calls that ended, prompt and completion together
/// @param estimatedTokens those of `tokens` that no engine told
/// @param limits of the tenant as a whole, its tier's among them
/// @param budget null where the tenant has none
public record TenantReading(
    String tenant, long tokens, long estimatedTokens, List<Line> limits, @Nullable Budget budget) {

  /// One of its limits at one moment.
  ///
  /// @param limit in words
  /// @param left units that can be had now
  /// @param refused calls that it refused, or in shadow would have refused
  public record Line(String limit, boolean shadow, long left, long passed, long refused) {}

  /// A budget at one moment.
  ///
  /// @param spent since it last started afresh, rounded down
  /// @param setAside for calls under way
  /// @param refused calls that it refused, or in shadow would have refused
  public record Budget(Money amount, Money spent, Money setAside, long refused) {

    /// What can still be spent; zero where more was spent than there is.
    public Money left() {
      return new Money(Math.max(0, amount.micros() - spent.micros() - setAside.micros()));
    }
  }
}
