package dev.forebay.queue;

import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Outcome.Reason;

/// What becomes of a call that was offered to a queue.
sealed interface Verdict {
  Entry entry();

  /// It starts now, with this room.
  record Start(Entry entry, Reservation reservation) implements Verdict {}

  /// It is given up.
  ///
  /// @param retryNanos after which it is worth coming back
  record Drop(Entry entry, Reason reason, long retryNanos) implements Verdict {}
}
