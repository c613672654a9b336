package dev.forebay.queue;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Stage;
import java.util.Objects;

/// Lets an attempt wait until there is room for it, and passes it on with that room.
///
/// What only one replica can serve does not wait: nobody else's room is of use to it.
public final class QueueStage implements Stage {
  private final Fleet fleet;
  private final Queues queues;

  public QueueStage(Fleet fleet, Queues queues) {
    this.fleet = fleet;
    this.queues = queues;
  }

  @Override
  public void handle(Call call, Next next) {
    Attempt attempt = Objects.requireNonNull(call.attempt(), "retry begins each attempt");
    String named = attempt.pool();
    Pool pool = named == null || call.request().follows() != null ? null : fleet.pool(named);
    if (pool == null) {
      next.proceed(call);
      return;
    }
    String never = queues.neverFits(call, pool);
    if (never != null) {
      call.end(new Failed(Cause.INVALID_REQUEST, false, never));
      return;
    }
    new Ticket(call, next, attempt.hasOthers(), queues.of(pool), queues.of(call.loop()))
        .enter(pool);
  }
}
