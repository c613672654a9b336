package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Probes the replicas of one pool, all at once.
final class ProbeTick implements Tick {
  private final Prober prober;
  private final ConfiguredPool pool;
  private Instant nextLookup = Instant.MIN;

  ProbeTick(Prober prober, ConfiguredPool pool) {
    this.prober = prober;
    this.pool = pool;
  }

  @Override
  public Duration every() {
    return pool.config().probe().every();
  }

  @Override
  public void turn(Instant now) throws InterruptedException {
    if (!now.isBefore(nextLookup)) {
      prober.resolve(pool);
      nextLookup = now.plus(pool.config().dns().every());
    }
    List<Thread> probes = new ArrayList<>();
    for (Replica replica : pool.pool().replicas()) {
      probes.add(Thread.ofVirtual().name("forebay-probe").start(() -> prober.probe(pool, replica)));
    }
    for (Thread probe : probes) {
      probe.join();
    }
  }
}
