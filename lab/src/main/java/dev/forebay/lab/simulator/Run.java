package dev.forebay.lab.simulator;

import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// One contender under one scenario, from one seed: the same again, decision by decision.
public final class Run {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Scenario scenario;
  private final VirtualLoop loop = new VirtualLoop();
  private final SimulatedFleet fleet;
  private final Clients clients;
  private final Histogram refusals = new Histogram(3);
  private final Histogram queued = new Histogram(3);
  private final boolean queues;
  private long decisions;

  private Run(Contender contender, Scenario scenario, long seed) {
    this.scenario = scenario;
    queues = contender.queues();
    Workload workload = scenario.workload();
    fleet = new SimulatedFleet(scenario.engine(), scenario.replicas(), loop);
    List<Stage> stages = new ArrayList<>(contender.stages(fleet, loop, seed));
    stages.add(fleet);
    clients =
        new Clients(
            loop,
            new Pipeline(stages),
            scenario.clients(),
            scenario.slo(),
            workload.intents(scenario.pace(), scenario.length(), seed),
            seed,
            this::decided);
  }

  /// Runs until every intent has ended.
  public static Run of(Contender contender, Scenario scenario, long seed) {
    var run = new Run(contender, scenario, seed);
    run.clients.begin();
    long latest = scenario.length().plus(Duration.ofHours(1)).toNanos();
    while (!run.clients.done()) {
      run.loop.runUntil(run.loop.nanoTime() + SECOND);
      if (run.loop.nanoTime() > latest) {
        throw new IllegalStateException(contender.name() + " leaves calls without an end");
      }
    }
    return run;
  }

  public Scenario scenario() {
    return scenario;
  }

  /// The ends of all intents, in the order in which they ended.
  public List<Story> stories() {
    return clients.stories();
  }

  public SimulatedFleet fleet() {
    return fleet;
  }

  /// What judges need to know of it.
  public Ran ran() {
    return new Ran(scenario, stories(), fleet.asked(), fleet.preemptions(), refusals, queued);
  }

  /// A hash over every call, when it ended and how.
  public long decisions() {
    return decisions;
  }

  private void decided(SimulatedCall call, Outcome outcome) {
    boolean judged = call.intent().atNanos() >= scenario.warmUp().toNanos();
    if (judged && outcome instanceof Outcome.Shed) {
      refusals.recordValue(loop.nanoTime() - call.arrivedNanos());
    }
    if (queues && judged && call.progress().content()) {
      queued.recordValue(call.waitedNanos());
    }
    // The hash of an enum is not the same in two JVMs, that of its name is.
    long what = 31L * call.id().hashCode() + outcome.toString().hashCode();
    decisions = (decisions ^ (what * 31 + loop.nanoTime())) * 0x9E3779B97F4A7C15L;
    decisions ^= decisions >>> 29;
  }
}
