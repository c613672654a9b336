package dev.forebay.lab.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.Forebay;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The gateway, an engine and users on loopback decide as they do in virtual time.
@Timeout(60)
class SocketRunTest {
  private static final List<String> TENANTS =
      List.of("tenant-0", "tenant-1", "tenant-2", "tenant-3");

  /// Of who asks; in so short a run ten callers are 5 % of all.
  private static final double TOLERANCE = 0.2;

  @Test
  void asManyAreLetInAsInTheSimulator() throws Exception {
    var scenario =
        Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(40))
            .during(Duration.ZERO, Duration.ofSeconds(3));
    Ran simulated = Run.of(new Forebay(), scenario, 1).ran();
    Ran onSockets =
        new SocketRun(scenario, 1, Duration.ofSeconds(1), true)
            .through(new ForebayWay(EngineProcess.MODEL, TENANTS))
            .ran();

    assertThat(onSockets.stories()).hasSameSizeAs(simulated.stories());
    System.out.printf(
        "let in: %.2f on sockets, %.2f simulated%n", letIn(onSockets), letIn(simulated));
    assertThat(letIn(onSockets)).isCloseTo(letIn(simulated), within(TOLERANCE));
    assertThat(onSockets.refusals().getTotalCount()).isPositive();
    assertThat(onSockets.preemptions()).isZero();
    assertThat(onSockets.queued().getTotalCount()).isEqualTo(answered(onSockets)).isPositive();
  }

  private static long answered(Ran ran) {
    return ran.stories().stream().filter(story -> story.tokens() > 0).count();
  }

  private static double letIn(Ran ran) {
    return answered(ran) / (double) ran.stories().size();
  }
}
