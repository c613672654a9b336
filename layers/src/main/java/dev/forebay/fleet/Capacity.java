package dev.forebay.fleet;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import org.jspecify.annotations.Nullable;

/// Who gives room on replicas. Safe for many loops at once; never blocks.
public interface Capacity {

  /// Reserves room for the call in the pool, atomically, before any byte goes upstream.
  ///
  /// @param now the loop's clock, nanoseconds
  Answer tryReserve(Call call, Pool pool, long now);

  /// Room, or the moment at which to ask again.
  sealed interface Answer {}

  /// Room was reserved; whoever asked must close the reservation.
  record Reserved(Reservation reservation, Choice choice) implements Answer {}

  /// Why it is that replica.
  ///
  /// @param usable how many replicas could have been picked; 0 where only this one has what the
  ///   call needs
  /// @param score of the one that was picked: the work that it holds with this call, over its
  ///   weight
  /// @param over the name of the replica that it was preferred to; null if it was compared to none
  /// @param overScore the score of that one
  record Choice(int usable, double score, @Nullable String over, double overScore) {
    /// Only that replica has what the call needs.
    public static final Choice PINNED = new Choice(0, 0, null, 0);

    /// Only that replica is usable.
    public static final Choice ONLY = new Choice(1, 0, null, 0);
  }

  /// No room.
  ///
  /// @param nanoTime when it is worth asking again, on the clock of `now`
  record RetryAt(Outcome.Reason reason, long nanoTime) implements Answer {}
}
