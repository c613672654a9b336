package dev.forebay.lab.rival;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Replica;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.SimulatedCall;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Each rival does what it is known to do.
class RivalsTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Shed BUSY = new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO);

  private final VirtualLoop loop = new VirtualLoop();
  private final SimulatedFleet fleet = new SimulatedFleet(EngineSpec.TIGHT, 2, loop);
  private final List<Outcome> outcomes = new ArrayList<>();
  private int made;

  @Test
  void passThroughSendsToTheReplicaWithTheFewestCalls() {
    var path = path(new PassThrough());
    enter(path, 7, 100, 100);
    assertThat(fleet.replicas()).extracting(Replica::outstandingCalls).containsExactly(4, 3);
  }

  @Test
  void aRateLimitPassesASecondsWorthAtOnceAndThenItsRate() {
    var path = path(new RateLimit(5));
    enter(path, 20, 10, 1);
    loop.runUntil(SECOND);
    // nginx counts the first call as none in excess
    assertThat(outcomes).filteredOn(Served.class::isInstance).hasSize(6);
    assertThat(outcomes).contains(new Shed(Reason.RATE_LIMITED, Duration.ZERO));
    outcomes.clear();
    for (int i = 0; i < 100; i++) {
      loop.runUntil(loop.nanoTime() + 100 * MILLI);
      enter(path, 1, 10, 1);
    }
    loop.runUntil(20 * SECOND);
    assertThat(outcomes).filteredOn(Served.class::isInstance).hasSizeBetween(50, 56);
  }

  @Test
  void theRuleOnGpuMemoryRefusesAtIdleOrNever() {
    enter(path(new GpuMemoryRule(0.9)), 1, 10, 1);
    assertThat(outcomes).containsExactly(BUSY);
    outcomes.clear();
    enter(path(new GpuMemoryRule(0.95)), 1_000, 10, 1);
    assertThat(outcomes).isEmpty();
  }

  @Test
  void theRuleOnTheKvCacheKnowsWhatTheLastScrapeSaidAndNothingOfWhatCameSince() {
    var path = path(new KvRule(0.5));
    enter(path, 60, 2_000, 1_000);
    assertThat(outcomes).isEmpty();
    loop.runUntil(10 * SECOND);
    outcomes.clear();
    enter(path, 1, 10, 1);
    assertThat(outcomes).containsExactly(BUSY);
  }

  @Test
  void gradient2LimitsCallsUnderWayAndRaisesTheLimitWhileCallsTakeAsLongAsUsual() {
    var path = path(new Gradient2(1.5));
    enter(path, 30, 10, 20);
    assertThat(outcomes)
        .hasSize(10)
        .containsOnly(new Shed(Reason.CONCURRENCY_LIMITED, Duration.ZERO));
    for (int i = 0; i < 100; i++) {
      loop.runUntil(loop.nanoTime() + SECOND);
      enter(path, 30, 10, 20);
    }
    outcomes.clear();
    loop.runUntil(loop.nanoTime() + SECOND);
    outcomes.clear();
    enter(path, 30, 10, 20);
    assertThat(outcomes).hasSizeLessThan(10);
  }

  @Test
  void theGateHoldsCallsWhileThePoolIsSaturatedAndRefusesThemAfterTheirTimeToLive() {
    var path = path(new UtilizationGate(5, 0.3, Duration.ofSeconds(2)));
    enter(path, 30, 2_000, 1_000);
    loop.runUntil(3 * SECOND);
    assertThat(fleet.scraped(fleet.replicas().getFirst()).kvUsage()).isGreaterThan(0.3);
    outcomes.clear();
    enter(path, 1, 10, 1);
    loop.runUntil(4_900 * MILLI);
    assertThat(outcomes).isEmpty();
    loop.runUntil(5_000 * MILLI);
    assertThat(outcomes).containsExactly(BUSY);
    // and lets all go when it is not saturated any more, whatever they are
    loop.runUntil(100 * SECOND);
    outcomes.clear();
    enter(path, 200, 10, 1);
    loop.runUntil(110 * SECOND);
    assertThat(outcomes).hasSize(200).containsOnly(new Served(200));
  }

  @Test
  void aFixedLimitLetsCallsWaitForAPlaceAndRefusesThemAfterATime() {
    var path = path(new FixedLimit(2, Duration.ofMillis(500)));
    enter(path, 6, 10, 200);
    assertThat(fleet.replicas()).extracting(Replica::outstandingCalls).containsExactly(2, 2);
    loop.runUntil(499 * MILLI);
    assertThat(outcomes).isEmpty();
    loop.runUntil(500 * MILLI);
    assertThat(outcomes).containsExactly(BUSY, BUSY);
    loop.runUntil(10 * SECOND);
    outcomes.clear();
    // five that take some 20 ms: one waits, and finds a place in time
    enter(path, 5, 10, 1);
    loop.runUntil(20 * SECOND);
    assertThat(outcomes).hasSize(5).containsOnly(new Served(200));
  }

  private Pipeline path(Contender contender) {
    List<Stage> stages = new ArrayList<>(contender.stages(fleet, loop, 1));
    stages.add(fleet);
    return new Pipeline(stages);
  }

  private void enter(Pipeline path, int calls, int prompt, int output) {
    for (int i = 0; i < calls; i++) {
      var intent = new Intent(made++, 0, "t", 1, prompt, 3 * prompt, output, 0, List.of());
      var call = new SimulatedCall(intent, 1, loop, Long.MAX_VALUE);
      call.onEnd(outcomes::add);
      path.enter(call);
    }
  }
}
