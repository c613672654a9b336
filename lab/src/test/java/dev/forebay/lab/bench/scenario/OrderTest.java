package dev.forebay.lab.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.bench.proxy.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderTest {
  private static final Order ORDER =
      new Order(
          Scenario.UNARY,
          false,
          Map.of(Wire.HTTP1, 8_020),
          List.of(7L, 8L),
          7,
          Map.of("x-portkey-provider", "openai"),
          32,
          2_000,
          500,
          0,
          null,
          Duration.ofMillis(500),
          Duration.ofSeconds(5));

  @Test
  void crossesBetweenProcessesAsOneLine() {
    assertThat(ORDER.line()).doesNotContain("\n");
    assertThat(Order.parse(ORDER.line())).isEqualTo(ORDER);
  }

  @Test
  void aCallIsOneAndAHalfKilobytesAndCarriesTheProxysHeaders() {
    String request = new String(ORDER.request(Wire.HTTP1, false), StandardCharsets.US_ASCII);

    assertThat(request).contains("host: 127.0.0.1:8020").contains("x-portkey-provider: openai");
    assertThat(request.length()).isBetween(1_400, 1_800);
    assertThat(new String(ORDER.body(Wire.HTTP1), StandardCharsets.US_ASCII))
        .startsWith("{")
        .isEqualTo(request.substring(request.indexOf("\r\n\r\n") + 4));
  }

  @Test
  void aSampleCrossesAsWell() {
    var sample = new Sample(Map.of("cpu", 12.5), 10, 1, 0.25);

    assertThat(Sample.parse(sample.line())).isEqualTo(sample);
    assertThat(sample.late(6).voidReason()).isPresent();
  }
}
