package dev.forebay.limit;

import org.jspecify.annotations.Nullable;

/// What a tenant used so far.
///
/// @param tokens of calls that ended, prompt and completion together
/// @param estimatedTokens those of `tokens` that no engine told
/// @param budget null where the tenant has none
public record TenantReading(
    String tenant, long tokens, long estimatedTokens, @Nullable Budget budget) {

  /// A budget at one moment.
  ///
  /// @param spent since it last started afresh, rounded down
  /// @param setAside for calls under way
  /// @param refused calls that it refused, or in shadow would have refused
  public record Budget(Money amount, Money spent, Money setAside, long refused) {}
}
