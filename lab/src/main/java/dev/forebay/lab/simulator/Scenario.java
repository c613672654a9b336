package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import java.time.Duration;

/// What a run runs on.
///
/// @param engine each of the replicas
/// @param pace intents a second, over time
/// @param warmUp intents that come earlier are not judged
/// @param length from the start to the last intent
public record Scenario(
    Workload workload,
    EngineSpec engine,
    int replicas,
    Pace pace,
    Duration warmUp,
    Duration length,
    ClientConfig clients,
    Slo slo) {
  public Scenario {
    if (replicas < 1) {
      throw new IllegalArgumentException("replicas must be >= 1, was " + replicas);
    }
    if (warmUp.isNegative() || warmUp.compareTo(length) >= 0) {
      throw new IllegalArgumentException("warmUp must be >= 0s and < length, was " + warmUp);
    }
  }

  /// Two minutes after a warm-up of half a minute, stock clients and the usual service level.
  public static Scenario of(Workload workload, Pace pace) {
    return new Scenario(
        workload,
        workload.engine(),
        1,
        pace,
        Duration.ofSeconds(30),
        Duration.ofSeconds(150),
        ClientConfig.STOCK,
        Slo.DEFAULT);
  }

  public Scenario with(ClientConfig other) {
    return new Scenario(workload, engine, replicas, pace, warmUp, length, other, slo);
  }

  public Scenario with(Pace other) {
    return new Scenario(workload, engine, replicas, other, warmUp, length, clients, slo);
  }

  public Scenario with(Slo other) {
    return new Scenario(workload, engine, replicas, pace, warmUp, length, clients, other);
  }

  public Scenario with(EngineSpec other) {
    return new Scenario(workload, other, replicas, pace, warmUp, length, clients, slo);
  }

  public Scenario withReplicas(int count) {
    return new Scenario(workload, engine, count, pace, warmUp, length, clients, slo);
  }

  public Scenario during(Duration warmUp, Duration length) {
    return new Scenario(workload, engine, replicas, pace, warmUp, length, clients, slo);
  }
}
