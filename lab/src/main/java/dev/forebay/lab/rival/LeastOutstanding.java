package dev.forebay.lab.rival;

import dev.forebay.fleet.Replica;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Stage;
import java.util.Comparator;
import java.util.List;

/// Sends each call at once, and once, to the replica with the fewest calls under way.
final class LeastOutstanding implements Stage {
  private final List<Replica> replicas;

  LeastOutstanding(SimulatedFleet fleet) {
    this.replicas = fleet.replicas();
  }

  @Override
  public void handle(Call call, Next next) {
    // The first of those that are equal: replicas are equal, and a run is to be the same again.
    Replica replica =
        replicas.stream().min(Comparator.comparingInt(Replica::outstandingCalls)).orElseThrow();
    var attempt = call.attempt(call::end);
    attempt.on(replica.name());
    attempt.hold(replica.reserve(call.request().work()));
    next.proceed(call);
  }
}
