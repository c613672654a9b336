package dev.forebay.limit;

import dev.forebay.pipeline.Allowance;
import dev.forebay.pipeline.Outcome.Reason;
import org.jspecify.annotations.Nullable;

/// Whether a call may pass its limits.
public sealed interface Decision {

  /// What each limit said; null where none was asked.
  @Nullable Consulted consulted();

  /// All limits pass, and what the call needs of them was taken.
  ///
  /// @param grant must be settled exactly once
  /// @param delayNanos how much later the call should pass on; mostly 0
  record Passed(Grant grant, long delayNanos, Allowance allowance, @Nullable Consulted consulted)
      implements Decision {}

  /// A limit does not pass now; nothing was taken of any.
  ///
  /// @param reason of the limit that takes longest to pass
  /// @param waitNanos until all of them would pass, if nothing else is asked meanwhile; for
  ///   concurrency an estimate
  record Refused(Reason reason, long waitNanos, Allowance allowance, @Nullable Consulted consulted)
      implements Decision {}

  /// A limit can never pass for a call as large as this one.
  ///
  /// @param why for the caller
  record NeverFits(String why, @Nullable Consulted consulted) implements Decision {}

  /// The tenant may not call this model.
  ///
  /// @param why for the caller
  record Forbidden(String why) implements Decision {
    @Override
    public @Nullable Consulted consulted() {
      return null;
    }
  }
}
