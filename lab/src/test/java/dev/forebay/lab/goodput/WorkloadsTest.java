package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Intent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recorded workloads, from small files made here and from the real ones where they are at hand.
class WorkloadsTest {

  @Test
  void readsTenantsWithTheirRatesAndTheirFirstKnownLengths(@TempDir Path folder)
      throws IOException {
    Path clients = folder.resolve("clients.csv.gz");
    Path lengths = folder.resolve("lengths.json.gz");
    write(clients, "client_id,t_s,rate_rps,cv\n0,600,1.5,1\n0,1200,0.5,1\n2,600,1,1\n4,600,9,1\n");
    write(
        lengths,
        """
        {"quantiles": [0.1, 0.9], "clients": {
          "0": {"0": {}, "21600": {"input_tokens": [10, 20], "output_tokens": [1, 2]}},
          "2": {"0": {"input_tokens": [30, 40], "output_tokens": [3, 4]}},
          "4": {"0": {}}}}
        """);
    var tenants = ServeGen.tenants(clients, lengths);
    assertThat(tenants).extracting("name").containsExactly("client-0", "client-2");
    assertThat(tenants).extracting("rate").containsExactly(2.0, 1.0);
    assertThat(tenants.getFirst().promptTokens().values()).containsExactly(10.0, 20.0);
  }

  @Test
  void readsEveryRecordedWorkload() throws IOException {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "FOREBAY_DATA is not set");
    for (Workloads each : Workloads.values()) {
      var workload = each.scenario(Path.of(data, "traces")).workload();
      assertThat(workload.name()).isEqualTo(each.label());
      var intents = workload.intents(new Pace.Flat(2), Duration.ofMinutes(10), 1);
      assertThat(intents).as(each.label()).hasSizeBetween(1_000, 1_400);
      assertThat(intents).extracting(Intent::tenant).doesNotContainNull();
    }
  }

  private static void write(Path file, String text) throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
