package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.Mixed.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// One tenant beside another of the same class, through the product's own stages.
class FloodTest {
  private static final double CAPACITY = 7;
  private static final double USUAL = 0.3 * CAPACITY;

  @Test
  void aTenantThatFloodsWithAHundredTimesTheLoadTakesNothingFromAnother(TestReporter reporter) {
    double before = attained(two(USUAL));
    double beside = attained(two(100 * USUAL));

    reporter.publishEntry(
        "beside as much: %.3f in time; beside a flood: %.3f".formatted(before, beside));
    assertThat(beside).isGreaterThanOrEqualTo(before - 0.02);
  }

  private static double attained(Workload workload) {
    var scenario =
        Scenario.of(workload, new Pace.Flat(1))
            .during(Duration.ofSeconds(20), Duration.ofSeconds(80));
    List<Story> modest =
        Run.of(new Forebay(), scenario, 1).stories().stream()
            .filter(story -> story.intent().tenant().equals("modest"))
            .filter(story -> story.intent().atNanos() >= scenario.warmUp().toNanos())
            .toList();
    assertThat(modest).hasSizeGreaterThan(100);
    return (double) modest.stream().filter(story -> story.good(Slo.DEFAULT)).count()
        / modest.size();
  }

  /// One at its usual pace, the other at any.
  private static Workload two(double other) {
    return new Mixed(
        List.of(
            new Kind(new Pace.Flat(USUAL), "modest", 1),
            new Kind(new Pace.Flat(other), "other", 1)));
  }
}
