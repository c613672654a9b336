package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.Forebay.Less;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The product's own stages under load that its engines cannot serve.
class ForebayTest {
  private static final double CAPACITY = 7;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void servesFourReplicasWithinTheServiceLevelAndTheSameFromASeed() {
    var scenario =
        Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(24))
            .withReplicas(4)
            .during(Duration.ZERO, Duration.ofSeconds(60));
    var run = Run.of(new Forebay(), scenario, 1);

    assertThat(good(run)).isGreaterThan(run.stories().size() * 9L / 10);
    leavesNothing(run);
    assertThat(Run.of(new Forebay(), scenario, 1).decisions()).isEqualTo(run.decisions());
  }

  @Test
  void goodputDoesNotFallUnderTenTimesTheLoadAndEnginesNeverPreempt() {
    var at = Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(CAPACITY));
    var over = at.with(new Pace.Flat(10 * CAPACITY));

    Run flat = Run.of(new Forebay(), at, 1);
    Run flood = Run.of(new Forebay(), over, 1);

    assertThat(good(flood)).isGreaterThan(good(flat));
    assertThat(flood.fleet().preemptions()).isZero();
    leavesNothing(flood);
  }

  @Test
  void whatComesTenSecondsAfterTheFloodIsServedAsBefore() {
    var steps =
        new Pace.Steps(
            List.of(
                new Pace.Step(0.5 * CAPACITY, Duration.ofSeconds(30)),
                new Pace.Step(10 * CAPACITY, Duration.ofSeconds(60)),
                new Pace.Step(0.5 * CAPACITY, Duration.ofSeconds(60))));
    var run = Run.of(new Forebay(), Scenario.of(ChatWorkload.SYNTHETIC, steps), 1);

    List<Story> after =
        run.stories().stream().filter(s -> s.intent().atNanos() > 100 * SECOND).toList();
    assertThat(after).hasSizeGreaterThan(100);
    assertThat(after.stream().filter(s -> s.good(Slo.DEFAULT)).count())
        .isGreaterThanOrEqualTo(after.size() * 95L / 100);
  }

  @Test
  void promptsThatWouldMakeAllOthersWaitForTheirTokensWaitThemselves() {
    var prompts = new ChatWorkload("long prompts", 2_000, 0.5, 60, 0.5);
    var scenario =
        Scenario.of(prompts, new Pace.Flat(CAPACITY))
            .during(Duration.ofSeconds(10), Duration.ofSeconds(60));
    long with = good(Run.of(new Forebay(), scenario, 1));
    long without = good(Run.of(new Forebay(Less.PACE), scenario, 1));
    assertThat(with).isGreaterThan(2 * without);
  }

  @Test
  void conversationsGoOnWhereTheyWereRead() {
    double with = firstContent(conversations(32, Less.NOTHING));
    double without = firstContent(conversations(32, Less.PREFIX));
    assertThat(with).isLessThan(without / 2);
  }

  @Test
  void ofThoseThatWaitConversationsGoFirstThatWereReadWhereThereIsRoom() {
    long with = good(conversations(64, Less.NOTHING));
    long without = good(conversations(64, Less.PREFIX));
    assertThat((double) with).isGreaterThan(1.15 * without);
  }

  private static Run conversations(double rate, Less less) {
    var scenario =
        Scenario.of(ConversationWorkload.CHATS, new Pace.Flat(rate))
            .withReplicas(4)
            .during(Duration.ofSeconds(40), Duration.ofSeconds(80));
    return Run.of(new Forebay(less), scenario, 1);
  }

  private static double firstContent(Run run) {
    return run.stories().stream()
        .filter(story -> story.intent().atNanos() >= TimeUnit.SECONDS.toNanos(40))
        .filter(story -> story.good(Slo.DEFAULT))
        .mapToLong(Story::firstNanos)
        .average()
        .orElseThrow();
  }

  private static long good(Run run) {
    return run.stories().stream().filter(story -> story.good(Slo.DEFAULT)).count();
  }

  private static void leavesNothing(Run run) {
    assertThat(run.fleet().replicas()).allMatch(replica -> replica.outstandingCalls() == 0);
    assertThat(run.fleet().replicas()).allMatch(replica -> replica.outstandingWork() == 0);
  }
}
