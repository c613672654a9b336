package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.Mixed.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// Chats of class 1 beside batch work of class 3, through the product's own stages.
class ClassesTest {
  private static final double CAPACITY = 7;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void batchWorkAtNineTimesTheCapacityTakesNothingFromChats(TestReporter reporter) {
    for (double share : List.of(0.5, 0.7)) {
      Pace chats = new Pace.Flat(share * CAPACITY);
      double alone = attained(run(mixed(chats, null)), 1);
      double beside = attained(run(mixed(chats, new Pace.Flat(9.3 * CAPACITY))), 1);

      reporter.publishEntry(
          "chats at %.1f of the capacity: %.3f in time alone, %.3f beside batch work"
              .formatted(share, alone, beside));
      assertThat(beside).isGreaterThanOrEqualTo(0.95).isGreaterThanOrEqualTo(0.97 * alone);
    }
  }

  @Test
  void batchWorkBesideAFloodOfChatsTakesNoMoreThanItsShare(TestReporter reporter) {
    Pace flood = new Pace.Flat(5 * CAPACITY);
    double alone = attained(run(mixed(flood, null)), 1);
    double beside = attained(run(mixed(flood, new Pace.Flat(5 * CAPACITY))), 1);

    reporter.publishEntry(
        "a flood of chats: %.3f in time alone, %.3f beside batch work".formatted(alone, beside));
    assertThat(beside).isGreaterThanOrEqualTo(0.97 * alone);
  }

  @Test
  void batchWorkGoesOnTenSecondsAfterTheFlood(TestReporter reporter) {
    var flood =
        new Pace.Steps(
            List.of(
                new Pace.Step(10 * CAPACITY, Duration.ofSeconds(60)),
                new Pace.Step(0.5 * CAPACITY, Duration.ofSeconds(60))));
    Run run = run(mixed(flood, new Pace.Flat(0.3 * CAPACITY)), Duration.ofMinutes(2));

    List<Story> after =
        run.stories().stream()
            .filter(story -> story.intent().priority() == 3)
            .filter(story -> story.intent().atNanos() > 70 * SECOND)
            .toList();
    double good = share(after);
    reporter.publishEntry("after the flood: %.3f of %d in time".formatted(good, after.size()));
    assertThat(after).hasSizeGreaterThan(50);
    assertThat(good).isGreaterThanOrEqualTo(0.95);
  }

  private static Run run(Workload workload) {
    return run(workload, Duration.ofSeconds(90));
  }

  private static Run run(Workload workload, Duration length) {
    var scenario = Scenario.of(workload, new Pace.Flat(1)).during(Duration.ofSeconds(20), length);
    return Run.of(new Forebay(), scenario, 1);
  }

  private static double attained(Run run, int priority) {
    long from = run.scenario().warmUp().toNanos();
    return share(
        run.stories().stream()
            .filter(story -> story.intent().priority() == priority)
            .filter(story -> story.intent().atNanos() >= from)
            .toList());
  }

  private static double share(List<Story> stories) {
    return (double) stories.stream().filter(story -> story.good(Slo.DEFAULT)).count()
        / stories.size();
  }

  /// Both at paces of their own.
  private static Workload mixed(Pace chats, @Nullable Pace batch) {
    var chat = new Kind(chats, null, 1);
    return new Mixed(batch == null ? List.of(chat) : List.of(chat, new Kind(batch, null, 3)));
  }
}
