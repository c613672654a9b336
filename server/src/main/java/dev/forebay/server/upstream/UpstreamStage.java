package dev.forebay.server.upstream;

import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Stage;
import dev.forebay.server.http.EventLoops;
import dev.forebay.server.http.HttpCall;
import dev.forebay.server.http.NettyLoop;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Stands last on the path: sends the attempt to the replica that its reservation names.
public final class UpstreamStage implements Stage {
  private final ReplicaFleet fleet;
  private final Makers makers;
  private final UpstreamConfig config;
  private final Duration slowReader;
  private final List<Connections> connections;

  /// @param makers told which replica made what later calls will ask for
  /// @param slowReader how long a caller may take nothing of its answer
  public UpstreamStage(
      ReplicaFleet fleet,
      Makers makers,
      UpstreamConfig config,
      Duration slowReader,
      EventLoops loops) {
    this.fleet = fleet;
    this.makers = makers;
    this.config = config;
    this.slowReader = slowReader;
    this.connections =
        loops.loops().stream().map(loop -> new Connections(loop, loops, config)).toList();
  }

  @Override
  public void handle(Call call, Next next) {
    // Calls that reach this stage were made by `http`; the lab puts another stage in its place.
    HttpCall http = (HttpCall) call;
    NettyLoop loop = http.nettyLoop();
    Attempt attempt = Objects.requireNonNull(call.attempt());
    Reservation reservation = Objects.requireNonNull(attempt.held(Reservation.class));
    Target target = fleet.target(reservation.replica());
    Exchange exchange =
        new Exchange(
            http, attempt, target, connections.get(loop.index()), makers, config, slowReader);
    attempt.hold(exchange);
    exchange.start();
  }

  /// Connections to replicas open now on all loops. The figure of other loops may be a moment old.
  public int connections() {
    return connections.stream().mapToInt(Connections::open).sum();
  }

  /// Closes the connections that rest. Blocks until the loops have done so.
  public void closeIdle() throws InterruptedException {
    CountDownLatch left = new CountDownLatch(connections.size());
    for (Connections each : connections) {
      each.loop()
          .execute(() -> {
            each.closeAll();
            left.countDown();
          });
    }
    left.await(1, TimeUnit.SECONDS);
  }
}
