package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// One tenant beside another of the same class, through the product's own stages.
class FloodTest {
  private static final double CAPACITY = 7;
  private static final double USUAL = 0.3 * CAPACITY;

  @Test
  void aTenantThatFloodsWithAHundredTimesTheLoadTakesNothingFromAnother(TestReporter reporter) {
    double before = attained(new Two(USUAL));
    double beside = attained(new Two(100 * USUAL));

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
  private record Two(double other) implements Workload {
    @Override
    public String name() {
      return "two";
    }

    @Override
    public EngineSpec engine() {
      return ChatWorkload.SYNTHETIC.engine();
    }

    @Override
    public List<Intent> intents(Pace pace, Duration length, long seed) {
      List<Intent> all = new ArrayList<>();
      add("modest", USUAL, length, seed, all);
      add("other", other, length, seed + 1_000, all);
      all.sort(Comparator.comparingLong(Intent::atNanos));
      return List.copyOf(all);
    }

    /// The modest have even numbers and the others odd ones, so that no client draws otherwise
    /// because of the others.
    private static void add(
        String tenant, double rate, Duration length, long seed, List<Intent> all) {
      for (Intent each : ChatWorkload.SYNTHETIC.intents(new Pace.Flat(rate), length, seed)) {
        all.add(
            new Intent(
                2 * each.number() + (tenant.equals("modest") ? 0 : 1),
                each.atNanos(),
                tenant,
                each.priority(),
                each.promptTokens(),
                each.promptChars(),
                each.outputTokens(),
                each.maxTokens(),
                each.blocks()));
      }
    }
  }
}
