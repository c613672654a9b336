package dev.forebay.fleet;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import org.jspecify.annotations.Nullable;

/// Who gives room on replicas. Safe for many loops at once; never blocks.
public interface Capacity {

  /// What the call is expected to take, by what was learnt of calls like it.
  Need need(Call call);

  /// Why no replica of the pool can ever serve the call, not even an empty one; null if one may.
  /// Told by what cannot be wrong, never by an estimate.
  default @Nullable String neverFits(Call call, Pool pool) {
    return null;
  }

  /// Reserves room for the call in the pool, atomically, before any byte goes upstream.
  ///
  /// @param need as `need` told it
  /// @param priority the class by which room is measured: the call's own, or a better one that
  ///   gives it its turn
  /// @param deadline when the first content must have come, on the clock of `now`
  /// @param now the loop's clock, nanoseconds
  Answer tryReserve(Call call, Need need, Pool pool, int priority, long deadline, long now);

  /// The same by the call's own class.
  default Answer tryReserve(Call call, Need need, Pool pool, long deadline, long now) {
    return tryReserve(call, need, pool, call.caller().priority(), deadline, now);
  }

  /// The replica that was sent most of the call's prompt before, and so may still have it in its
  /// cache; null if none was.
  default @Nullable Replica whereRead(Call call) {
    return null;
  }

  /// Reserves room on that replica of the pool; null if it has none for the call.
  default @Nullable Reservation tryReserve(
      Replica replica, Call call, Need need, Pool pool, int priority, long deadline, long now) {
    return null;
  }

  /// How long the first content would take if the call were sent now to the replica that is best at
  /// it, full or not; nanoseconds. 0 if nobody can tell.
  long firstContentNanos(Need need, Pool pool, long now);

  /// Room, or the moment at which to ask again.
  sealed interface Answer {}

  /// Room was reserved; whoever asked must close the reservation.
  record Reserved(Reservation reservation) implements Answer {}

  /// No room.
  ///
  /// @param nanoTime when it is worth asking again, on the clock of `now`
  record RetryAt(Outcome.Reason reason, long nanoTime) implements Answer {}
}
