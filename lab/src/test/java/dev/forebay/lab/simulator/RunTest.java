package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.rival.Gradient2;
import dev.forebay.lab.rival.KvRule;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.rival.RateLimit;
import dev.forebay.lab.rival.UtilizationGate;
import dev.forebay.lab.simulator.Story.End;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whole runs: users, a contender and an engine.
class RunTest {
  private static final double CAPACITY = 7.6;
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Duration LENGTH = Duration.ofSeconds(80);

  @Test
  void decidesTheSameFromOneSeedWhoeverDecides() {
    var contenders =
        List.of(
            new PassThrough(),
            new KvRule(0.7),
            new RateLimit(6.5),
            new Gradient2(2),
            new UtilizationGate(5, 0.8, Duration.ofSeconds(2)));
    for (Contender contender : contenders) {
      var scenario = scenario(3).during(Duration.ZERO, Duration.ofSeconds(30));
      long once = Run.of(contender, scenario, 1).decisions();
      assertThat(Run.of(contender, scenario, 1).decisions()).as(contender.name()).isEqualTo(once);
      assertThat(Run.of(contender, scenario, 2).decisions()).isNotEqualTo(once);
    }
  }

  @Test
  void aGateThatPassesEverythingServesEverybodyTooLateAtTwiceTheCapacity() {
    double best = attained(new PassThrough(), 0.9) * 0.9;
    assertThat(best).isGreaterThan(0.8);
    assertThat(attained(new PassThrough(), 2) * 2).isLessThan(best / 20);
  }

  @Test
  void aRuleOnTheKvCacheHoldsAtTwiceTheCapacityAndLosesAtTenTimes() {
    double twice = attained(new KvRule(0.7), 2) * 2;
    double tenTimes = attained(new KvRule(0.7), 10) * 10;
    assertThat(twice).isGreaterThan(0.8);
    assertThat(tenTimes).isLessThan(twice * 0.75);
  }

  @Test
  void everyIntentEndsOnceAndNothingIsHeldAfterwards() {
    var run = Run.of(new KvRule(0.7), scenario(10), 3);
    assertThat(run.stories().stream().map(story -> story.intent().number()))
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(5_000);
    assertThat(run.stories().stream().map(Story::end))
        .contains(End.ANSWERED, End.REFUSED)
        .doesNotContain(End.BROKEN);
    var replica = run.fleet().replicas().getFirst();
    assertThat(replica.outstandingCalls()).isZero();
    assertThat(run.fleet().truth(replica).kvUsage()).isZero();
  }

  @Test
  void aUserWhoSeesNothingForFifteenSecondsLeavesAndTheEngineLearnsOfIt() {
    var run = Run.of(new PassThrough(), scenario(2), 1);
    assertThat(run.stories()).extracting(Story::end).contains(End.LEFT);
    for (Story story : run.stories()) {
      assertThat(story.firstNanos() == Story.NEVER || story.firstNanos() <= 15_000_000_000L)
          .isTrue();
    }
  }

  @Test
  void anIntentIsTriedThriceAtMost() {
    var run = Run.of(new RateLimit(1), scenario(1), 1);
    assertThat(run.stories()).extracting(Story::tries).contains(3).allMatch(n -> n <= 3);
    var once = scenario(1).with(ClientConfig.STOCK.withRetries(0));
    assertThat(Run.of(new RateLimit(1), once, 1).stories())
        .extracting(Story::tries)
        .containsOnly(1);
  }

  @Test
  void twoReplicasServeTwiceAsMuch() {
    var run = Run.of(new PassThrough(), scenario(1.8).withReplicas(2), 1);
    assertThat(attained(run, WARM_UP)).isGreaterThan(0.9);
  }

  @Test
  void aLoadMayStepUpAndDownAndAGateThatShedsIsOverItWithinTenSeconds() {
    var steps = new Pace.Steps(List.of(step(0.5, 30), step(10, 30), step(0.5, 40)));
    var scenario = scenario(1).with(steps).during(WARM_UP, Duration.ofSeconds(100));
    var afterwards = Duration.ofSeconds(70);
    assertThat(attained(Run.of(new RateLimit(6), scenario, 1), afterwards)).isGreaterThan(0.95);
    assertThat(attained(Run.of(new PassThrough(), scenario, 1), afterwards)).isLessThan(0.9);
  }

  private static Pace.Step step(double load, int seconds) {
    return new Pace.Step(load * CAPACITY, Duration.ofSeconds(seconds));
  }

  private static Scenario scenario(double load) {
    return Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(load * CAPACITY))
        .during(WARM_UP, LENGTH);
  }

  private static double attained(Contender contender, double load) {
    return attained(Run.of(contender, scenario(load), 1), WARM_UP);
  }

  /// Share of the intents from then on that got a good answer.
  private static double attained(Run run, Duration from) {
    return run.stories().stream()
        .filter(story -> story.intent().atNanos() >= from.toNanos())
        .mapToInt(story -> story.good(Slo.DEFAULT) ? 1 : 0)
        .average()
        .orElseThrow();
  }
}
