package dev.forebay.fleet;

import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Progress;

/// Room on one replica, held by an attempt until it ends. It names the replica, and the account on
/// whose behalf the attempt is made. Belongs to the call's loop.
public interface Reservation extends Held {

  Replica replica();

  Account account();

  /// Makes of the tokens that the account was estimated to need those that were used.
  void used(long actual, long now);

  /// Tells how far the answer has come, so that what is still expected of it can be told better.
  ///
  /// @param inTimeSince since when this was told in time; what came before may have waited for the
  ///   loop and not for the replica
  /// @param now the loop's clock, nanoseconds
  default void grew(Progress progress, long inTimeSince, long now) {}

  /// Tells that the answer was given whole, so that later ones can be told better. Comes after the
  /// room was given back.
  default void served(Progress progress, long now) {}

  /// Tells that the replica said that it is busy. Comes after the room was given back.
  default void pushedBack(long now) {}
}
