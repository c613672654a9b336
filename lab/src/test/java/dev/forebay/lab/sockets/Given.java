package dev.forebay.lab.sockets;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.ClientConfig;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.Workload;
import java.time.Duration;
import java.util.List;

/// Arrivals that are written down: four fill the engine, five wait for it, two cannot wait so long,
/// one is too large for it, and two come too late.
record Given(List<Intent> intents) implements Workload {
  static final EngineSpec ENGINE =
      new EngineSpec(EngineSpec.TIGHT.cost(), EngineSpec.TIGHT.scheduler().withKvTokens(4_992));

  static final Scenario SCENARIO =
      Scenario.of(
              new Given(
                  List.of(
                      intent(0, 0, "tenant-0", 1, 1_000, 100),
                      intent(1, 150, "tenant-0", 1, 1_000, 130),
                      intent(2, 300, "tenant-0", 1, 1_000, 160),
                      intent(3, 450, "tenant-0", 1, 1_000, 190),
                      intent(4, 600, "tenant-3", 3, 1_200, 60),
                      intent(5, 620, "tenant-2", 2, 2_700, 40),
                      intent(6, 640, "tenant-0", 1, 950, 60),
                      intent(7, 660, "tenant-0", 1, 900, 60),
                      intent(8, 680, "tenant-1", 1, 900, 60),
                      intent(9, 700, "tenant-2", 1, 150, 100),
                      intent(10, 710, "tenant-3", 1, 150, 100),
                      intent(11, 730, "tenant-1", 1, 250_000, 100),
                      intent(12, 2_150, "tenant-3", 3, 150, 100),
                      intent(13, 2_170, "tenant-2", 3, 150, 100))),
              new Pace.Flat(1))
          .during(Duration.ZERO, Duration.ofMillis(2_200))
          .with(ClientConfig.STOCK.withRetries(0))
          // Whoever asks for less gets less time.
          .with(new Slo(Duration.ZERO, Duration.ofMillis(4), Duration.ofMillis(50)));

  private static Intent intent(
      int number, int atMillis, String tenant, int priority, int prompt, int output) {
    int chars = (int) Math.round(prompt / 0.3);
    return new Intent(
        number, atMillis * 1_000_000L, tenant, priority, prompt, chars, output, output, List.of());
  }

  @Override
  public String name() {
    return "given";
  }

  @Override
  public EngineSpec engine() {
    return ENGINE;
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    return intents;
  }
}
