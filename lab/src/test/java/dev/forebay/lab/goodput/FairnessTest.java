package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// The fairness bound on few and short runs; `lab fairness` has the many and long ones.
class FairnessTest {
  @Test
  void tenantsWhoWaitAreServedAlikeWheneverTheyDo(TestReporter reporter) {
    List<Fairness> runs =
        LongStream.rangeClosed(1, 4)
            .parallel()
            .mapToObj(seed -> Fairness.ofCrowd(seed, Duration.ofSeconds(30), 0))
            .toList();

    assertThat(runs).allMatch(Fairness::holds);
    double shared = runs.stream().mapToDouble(Fairness::shared).average().orElseThrow();
    double jain =
        runs.stream().mapToDouble(Fairness::jain).filter(Double::isFinite).average().orElseThrow();
    reporter.publishEntry(
        "two wait for %.0f %% of the time; Jain %.3f".formatted(100 * shared, jain));
    assertThat(shared).isGreaterThan(0.3);
    assertThat(jain).isGreaterThan(0.8);
  }

  @Test
  void thatSomeWereReadBeforeMakesNoneFarAhead() {
    Fairness run = Fairness.ofCrowd(1, Duration.ofSeconds(20), 3);

    assertThat(run).matches(Fairness::holds);
    assertThat(run.shared()).isGreaterThan(0.3);
  }

  @Test
  void whereNobodyWaitsHereThereIsNothingToShare() {
    var witness = new Witness(new PassThrough(), 0);
    var scenario =
        Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(5))
            .during(Duration.ZERO, Duration.ofSeconds(20));
    Run.of(witness, scenario, 1);

    assertThat(witness.seen().shared()).isZero();
    assertThat(witness.seen().widest()).isZero();
    assertThat(witness.seen().tenants()).isEqualTo(4);
  }
}
