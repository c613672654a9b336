package dev.forebay.gpu;

import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.Objects;

/// Reserves room on a replica for the attempt, or sheds the call.
public final class GpuStage implements Stage {
  private final Fleet fleet;
  private final Capacity capacity;

  public GpuStage(Fleet fleet, Capacity capacity) {
    this.fleet = fleet;
    this.capacity = capacity;
  }

  @Override
  public void handle(Call call, Next next) {
    Pool pool = fleet.poolFor(call.request());
    if (pool == null) {
      call.end(
          new Failed(Cause.UNKNOWN_MODEL, false, "no pool serves model " + call.request().model()));
      return;
    }
    long now = call.loop().nanoTime();
    switch (capacity.tryReserve(call, pool, now)) {
      case Reserved(var reservation) -> {
        Attempt attempt = Objects.requireNonNull(call.attempt(), "retry begins each attempt");
        attempt.on(reservation.replica().name());
        attempt.hold(reservation);
        next.proceed(call);
      }
      case RetryAt(var reason, long at) ->
          call.end(new Shed(reason, Duration.ofNanos(Math.max(0, at - now))));
    }
  }
}
