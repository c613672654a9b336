package dev.forebay.server.upstream;

import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Stage;
import dev.forebay.server.http.HttpCall;
import dev.forebay.server.http.NettyLoop;
import java.time.Duration;
import java.util.Objects;

/// Stands last on the path: sends the attempt to the replica that its reservation names.
public final class UpstreamStage implements Stage {
  private final ReplicaFleet fleet;
  private final Makers makers;
  private final UpstreamConfig config;
  private final Duration slowReader;
  private final AllConnections connections;

  /// @param makers told which replica made what later calls will ask for
  /// @param slowReader how long a caller may take nothing of its answer
  public UpstreamStage(
      ReplicaFleet fleet,
      Makers makers,
      UpstreamConfig config,
      Duration slowReader,
      AllConnections connections) {
    this.fleet = fleet;
    this.makers = makers;
    this.config = config;
    this.slowReader = slowReader;
    this.connections = connections;
  }

  @Override
  public void handle(Call call, Next next) {
    // Calls that reach this stage were made by `http`; the lab puts another stage in its place.
    HttpCall http = (HttpCall) call;
    NettyLoop loop = http.nettyLoop();
    Attempt attempt = Objects.requireNonNull(call.attempt());
    Reservation reservation = Objects.requireNonNull(attempt.held(Reservation.class));
    Target target = fleet.target(reservation.replica());
    if (target == null) {
      // Only a call that began long before, whose whole pool is gone by now, gets here.
      String what = "replica " + reservation.replica().name() + " has left its pool";
      attempt.end(new Failed(Cause.CONNECT, false, what));
      return;
    }
    Exchange exchange =
        new Exchange(http, attempt, target, connections.of(loop), makers, config, slowReader);
    attempt.hold(exchange);
    exchange.start();
  }
}
