package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.AffinityConfig;
import dev.forebay.fleet.Makers;
import dev.forebay.gpu.GpuConfig;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.pipeline.Stage;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryConfig;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// The product's own stages take part as any contender does.
class ProductStagesTest {

  @Test
  void retryAndGpuServeFourReplicasWithinTheServiceLevel() {
    var scenario =
        Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(24))
            .withReplicas(4)
            .during(Duration.ZERO, Duration.ofSeconds(60));
    var run = Run.of(new RetryAndGpu(), scenario, 1);

    assertThat(run.stories().stream().filter(story -> story.good(Slo.DEFAULT)).count())
        .isGreaterThan(run.stories().size() * 9L / 10);
    assertThat(run.fleet().replicas()).allMatch(replica -> replica.outstandingCalls() == 0);
    assertThat(Run.of(new RetryAndGpu(), scenario, 1).decisions()).isEqualTo(run.decisions());
  }

  private record RetryAndGpu() implements Contender {
    @Override
    public String name() {
      return "retry and gpu";
    }

    @Override
    public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
      var retry = new RetryConfig(3, 10);
      var gpu =
          new GpuConfig(
              Duration.ofSeconds(10),
              5,
              Duration.ofSeconds(10),
              Duration.ofMinutes(5),
              new AffinityConfig(10, Duration.ofHours(1)));
      var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      return List.of(
          new RetryStage(new RetryPolicy(retry), fleet, new RetryBudgets(retry)),
          new GpuStage(
              fleet,
              new Makers(gpu.affinity()),
              new PowerOfTwoChoices(gpu, random),
              new OutlierEjection(gpu),
              _ -> {}));
    }
  }
}
