package dev.forebay.fleet;

import dev.forebay.pipeline.Call;
import org.jspecify.annotations.Nullable;

/// A call asks for room in a pool.
///
/// @param need as `Capacity.need` told it
/// @param priority the class by which room is measured: the call's own, or a better one that gives
///   it its turn
/// @param deadline when the first content must have come, on the clock of `now`
/// @param calm whether nobody else waits and nobody was refused lately: then what comes together is
///   a burst and no surge, and an engine may have more of it than it reads at once
/// @param whereRead the replica that was sent most of the prompt before, and so may still have it
///   in its cache; null if none was, or nobody has looked
/// @param now the loop's clock, nanoseconds
public record Ask(
    Call call,
    Need need,
    Pool pool,
    int priority,
    long deadline,
    boolean calm,
    @Nullable Replica whereRead,
    long now) {

  /// By the call's own class.
  public Ask(Call call, Need need, Pool pool, long deadline, long now) {
    this(call, need, pool, call.caller().priority(), deadline, false, null, now);
  }

  /// The same with who was sent most of the prompt before.
  public Ask readOn(@Nullable Replica replica) {
    return new Ask(call, need, pool, priority, deadline, calm, replica, now);
  }
}
