package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.forebay.lab.engine.CostModel;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.lab.engine.SchedulerConfig;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What "1x" is found to be, against what is published of such engines.
class CapacityTest {
  /// Lengths with the mean and the median of the Azure conversation trace of 2023.
  private static final ChatWorkload AZURE_CONV = new ChatWorkload("azure", 1_020, 0.5, 129, 1.0);

  @Test
  void eightBillionOnAnH100TakesTwelveToTwentyConversationsASecond() {
    var cost = CostModel.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1);
    var engine = new EngineSpec(cost, SchedulerConfig.of(cost));
    double capacity = new Capacity(scenario(AZURE_CONV).with(engine), _ -> {}).find();
    assertThat(capacity).isBetween(12.0, 20.0);
  }

  @Test
  void saysWhatItTried() {
    List<String> said = new ArrayList<>();
    var scenario = scenario(ChatWorkload.SYNTHETIC);
    double capacity = new Capacity(scenario, said::add).find();
    assertThat(capacity).isBetween(7.0, 8.5);
    assertThat(said).hasSizeGreaterThan(5).allMatch(line -> line.endsWith("% good"));
  }

  @Test
  void endsWhereNoRateIsLowEnough() {
    // a level of service that nobody can meet
    var scenario =
        scenario(ChatWorkload.SYNTHETIC)
            .with(new Slo(Duration.ofNanos(1), Duration.ZERO, Duration.ofNanos(1)));
    assertThatIllegalStateException()
        .isThrownBy(() -> new Capacity(scenario, _ -> {}).find())
        .withMessageStartingWith("synthetic has no 1x: at 0.500/s less than 90 %");
  }

  private static Scenario scenario(Workload workload) {
    return Scenario.of(workload, new Pace.Flat(1))
        .during(Duration.ofSeconds(10), Duration.ofSeconds(40));
  }
}
