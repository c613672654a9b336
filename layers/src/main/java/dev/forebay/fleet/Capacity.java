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

  /// Reserves room on a replica of the pool, atomically, before any byte goes upstream.
  Answer tryReserve(Ask ask);

  /// The replica that was sent most of the call's prompt before, and so may still have it in its
  /// cache; null if none was.
  default @Nullable Replica whereRead(Call call) {
    return null;
  }

  /// Reserves room on the replica that was sent most of the prompt before; null if it has none.
  default @Nullable Reservation tryReserveWhereRead(Ask ask) {
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
