package dev.forebay.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.lab.LocalGateway;
import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.server.Gateway;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Calls as Azure's users made them in 2023, sooner: bursts and lengths that no law draws.
@Timeout(180)
class TraceReplayTest {
  private static final int CALLS = 2_000;
  private static final double SECONDS = 20;

  /// Fast enough that the engines keep up with the compressed trace.
  private static final double TIME_SCALE = 20;

  @Test
  void answersEveryCallOfTheTraceWhole() throws Exception {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "skipped: FOREBAY_DATA is not set, so there is no trace");
    List<TraceRow> trace =
        TraceFile.read(Path.of(data, "traces", "azure_conv_2023_0-30min.csv.gz")).subList(0, CALLS);
    double compress = trace.getLast().atNanos() / 1e9 / SECONDS;
    List<Arrival> arrivals =
        Arrivals.replay(trace, compress, Duration.ofMinutes(1), Mix.of(1, 1, 0.8), 1);
    List<FakeEngine> engines = new ArrayList<>();
    try {
      for (int i = 1; i <= 3; i++) {
        engines.add(engine("gpu-" + i));
      }
      LoadReport report = replay(engines, arrivals);

      System.out.printf(
          "azure_conv_2023, %d calls, %.0f times faster, 3 replicas%n%s",
          CALLS, compress, report.table());
      assertThat(report.offered()).isEqualTo(CALLS);
      assertThat(report.count(Ending.OK)).as(report.table()).isEqualTo(CALLS);
    } finally {
      engines.forEach(FakeEngine::close);
    }
  }

  private static LoadReport replay(List<FakeEngine> engines, List<Arrival> arrivals)
      throws Exception {
    List<URI> replicas =
        engines.stream().map(e -> URI.create("http://127.0.0.1:" + e.port())).toList();
    try (Gateway gateway = LocalGateway.before("demo", replicas);
        var load =
            new LoadGenerator(
                LoadTarget.local("http://127.0.0.1:" + gateway.port(), "demo"),
                arrivals,
                LoadOptions.of(1).within(Duration.ofSeconds(60)),
                LoadObserver.NONE)) {
      LoadReport report = load.run();
      assertThat(gateway.holding().calls()).isZero();
      assertThat(gateway.holding().work()).isZero();
      return report;
    }
  }

  private static FakeEngine engine(String name) {
    return FakeEngine.start(
        EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
            .withName(name)
            .withModels("demo")
            .withTimeScale(TIME_SCALE));
  }
}
