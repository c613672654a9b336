package dev.forebay.fleet;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;

/// Who gives room on replicas. Safe for many loops at once; never blocks.
public interface Capacity {

  /// Reserves room for the call in the pool, atomically, before any byte goes upstream.
  ///
  /// @param now the loop's clock, nanoseconds
  Answer tryReserve(Call call, Pool pool, long now);

  /// Room, or the moment at which to ask again.
  sealed interface Answer {}

  /// Room was reserved; whoever asked must close the reservation.
  record Reserved(Reservation reservation) implements Answer {}

  /// No room.
  ///
  /// @param nanoTime when it is worth asking again, on the clock of `now`
  record RetryAt(Outcome.Reason reason, long nanoTime) implements Answer {}
}
