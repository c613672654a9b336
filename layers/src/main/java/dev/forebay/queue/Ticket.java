package dev.forebay.queue;

import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Place;
import dev.forebay.queue.SharedQueue.Entered;
import dev.forebay.queue.Verdict.Drop;
import dev.forebay.queue.Verdict.Start;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The place of one attempt in a queue; held by the attempt, so that whoever ends it takes it out.
/// Belongs to the call's loop.
final class Ticket extends Entry implements Held {
  private final Next next;
  private final SharedQueue queue;
  private final Growth growth;
  private final Attempt attempt;
  private final long since;
  private @Nullable Reservation reservation;
  private @Nullable Place place;
  private long told;

  /// Where it stands in its `Growth`.
  int at;

  Ticket(Call call, Next next, boolean goesElsewhere, SharedQueue queue, Growth growth) {
    super(call, goesElsewhere);
    this.next = next;
    this.queue = queue;
    this.growth = growth;
    this.attempt = Objects.requireNonNull(call.attempt(), "retry begins each attempt");
    this.since = call.loop().nanoTime();
  }

  void enter(Pool pool) {
    attempt.hold(this);
    Entered entered = queue.enter(this, pool, call.loop(), since);
    Place stands = entered.place();
    Verdict verdict = entered.verdict();
    if (verdict == null) {
      standsAt(stands);
      call.waits(() -> queue.place(this, call.loop().nanoTime()));
    } else {
      boolean behindOthers = stands.position() > 1;
      if (verdict instanceof Drop(_, Reason reason, _) && (behindOthers || isNotLetIn(reason))) {
        standsAt(stands);
      }
      // What is decided as it comes is decided at once, however long that took.
      act(verdict, since);
    }
  }

  /// Whether so many wait that it may not.
  private static boolean isNotLetIn(Reason reason) {
    return reason == Reason.QUEUE_FULL || reason == Reason.TOO_LATE;
  }

  private void standsAt(Place first) {
    place = first;
    call.place(first);
  }

  /// What becomes of it was decided on another loop, or in the midst of something else.
  void later(Verdict verdict) {
    call.loop().execute(() -> act(verdict, call.loop().nanoTime()));
  }

  private void act(Verdict verdict, long now) {
    switch (verdict) {
      case Start(_, var room) -> {
        if (attempt.ended()) {
          // Its caller left just then, and nothing was sent.
          room.used(0, now);
          room.close();
          queue.turn(call.loop(), null);
          return;
        }
        waited(now);
        reservation = room;
        attempt.hold(room);
        growth.add(this);
        next.proceed(call);
      }
      case Drop(_, Reason reason, long retryNanos) -> {
        if (!attempt.ended()) {
          waited(now);
          attempt.end(new Shed(reason, Duration.ofNanos(Math.max(0, retryNanos))));
        }
      }
    }
  }

  private void waited(long now) {
    call.waited(now - since);
    if (place != null) {
      attempt.note(new Waited(place, now - since));
    }
  }

  SharedQueue queue() {
    return queue;
  }

  /// Tells how far the answer has come.
  ///
  /// @param inTimeSince since when this was looked at in time
  /// @return whether it has come any further
  boolean look(long inTimeSince, long now) {
    long tokens = call.progress().completionTokens();
    if (reservation == null || tokens == told) {
      return false;
    }
    told = tokens;
    reservation.grew(call.progress(), inTimeSince, now);
    queue.grew(this, call.progress());
    return true;
  }

  @Override
  public void close() {
    if (reservation != null) {
      growth.remove(this);
    } else if (call.waiting()) {
      waited(call.loop().nanoTime());
    }
    if (reservation != null && isAbandoned()) {
      queue.abandon(this, call.progress());
    } else {
      queue.leave(this, call.progress());
    }
    if (queue.waiting() > 0) {
      // Who is next must not get the room before it is known what this outcome says of it.
      call.loop().execute(() -> queue.turn(call.loop(), null));
    }
  }

  /// Whether it was the caller who gave it up, or its own deadline.
  private boolean isAbandoned() {
    return attempt.outcome() instanceof Failed(Cause cause, _, _)
        && (cause == Cause.CLIENT_GONE || cause == Cause.DEADLINE);
  }
}
