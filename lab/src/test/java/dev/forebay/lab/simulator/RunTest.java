package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.rival.KvRule;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.rival.RateLimit;
import dev.forebay.lab.simulator.Story.End;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whole runs: users, a contender and an engine.
class RunTest {
  private static final double CAPACITY = 7.6;

  @Test
  void decidesTheSameFromOneSeedWhoeverDecides() {
    for (var contender : List.of(new PassThrough(), new KvRule(0.7), new RateLimit(6.5))) {
      var scenario = scenario(3);
      long once = Run.of(contender, scenario, 1).decisions();
      assertThat(Run.of(contender, scenario, 1).decisions()).isEqualTo(once);
      assertThat(Run.of(contender, scenario, 2).decisions()).isNotEqualTo(once);
    }
  }

  @Test
  void aGateThatPassesEverythingServesEverybodyTooLateAtTwiceTheCapacity() {
    long best = good(Run.of(new PassThrough(), scenario(0.9), 1));
    assertThat(best).isGreaterThan(500);
    assertThat(good(Run.of(new PassThrough(), scenario(2), 1))).isLessThan(best / 20);
  }

  @Test
  void aRuleOnTheKvCacheHoldsAtTwiceTheCapacityAndLosesAtTenTimes() {
    long twice = good(Run.of(new KvRule(0.7), scenario(2), 1));
    long tenTimes = good(Run.of(new KvRule(0.7), scenario(10), 1));
    assertThat(twice).isGreaterThan(600);
    assertThat(tenTimes).isLessThan(twice * 3 / 4);
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
  void aTryIsMadeThriceAtMostAndAUserWhoSeesNothingLeavesAfterFifteenSeconds() {
    var run = Run.of(new PassThrough(), scenario(2), 1);
    assertThat(run.stories()).extracting(Story::end).contains(End.LEFT);
    for (Story story : run.stories()) {
      assertThat(story.firstNanos() == Story.NEVER || story.firstNanos() <= 15_000_000_000L)
          .isTrue();
    }
    var refused = Run.of(new RateLimit(1), scenario(1), 1);
    assertThat(refused.stories()).extracting(Story::tries).contains(3).allMatch(n -> n <= 3);
  }

  @Test
  void twoReplicasServeTwiceAsMuch() {
    var one = scenario(0.8);
    var two = scenario(1.6).withReplicas(2);
    assertThat(good(Run.of(new PassThrough(), two, 1)))
        .isGreaterThan(good(Run.of(new PassThrough(), one, 1)) * 9 / 5);
  }

  private static Scenario scenario(double load) {
    return Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(load * CAPACITY))
        .during(Duration.ofSeconds(20), Duration.ofSeconds(120));
  }

  private static long good(Run run) {
    return run.stories().stream()
        .filter(story -> story.intent().atNanos() >= run.scenario().warmUp().toNanos())
        .filter(story -> story.good(Slo.DEFAULT))
        .count();
  }
}
