package dev.forebay.pipeline;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a caller may still ask for, by the tightest of its own limits; limits that it shares with
/// other tenants are not told. For the caller's eyes.
///
/// @param requests null where no limit counts its requests
/// @param tokens null where no limit counts its tokens
/// @param refusal which limit refused the call, in words; null if none did
public record Allowance(
    @Nullable Window requests, @Nullable Window tokens, @Nullable String refusal) {

  /// One limit now.
  ///
  /// @param limit the most that can be had at once
  /// @param remaining what can be had now; never negative
  /// @param reset until `remaining` is `limit` again, if nothing is asked meanwhile
  public record Window(long limit, long remaining, Duration reset) {}
}
