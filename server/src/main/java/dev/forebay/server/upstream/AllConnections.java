package dev.forebay.server.upstream;

import dev.forebay.server.http.EventLoops;
import dev.forebay.server.http.NettyLoop;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The connections of all loops to all replicas. Safe for all threads.
public final class AllConnections {
  private final List<Connections> connections;
  private volatile UpstreamConfig config;

  public AllConnections(EventLoops loops, UpstreamConfig config) {
    this.config = config;
    this.connections =
        loops.loops().stream().map(loop -> new Connections(loop, loops, this::config)).toList();
  }

  private UpstreamConfig config() {
    return config;
  }

  /// From now on connections are made and kept in another way.
  public void config(UpstreamConfig next) {
    config = next;
  }

  /// Those of one loop.
  Connections of(NettyLoop loop) {
    return connections.get(loop.index());
  }

  /// Connections open now. The figure of other loops may be a moment old.
  public int open() {
    return connections.stream().mapToInt(Connections::open).sum();
  }

  /// Closes soon what rests towards targets that are retired.
  public void forget(List<Target> retired) {
    if (!retired.isEmpty()) {
      connections.forEach(each -> each.loop().execute(() -> retired.forEach(each::forget)));
    }
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
