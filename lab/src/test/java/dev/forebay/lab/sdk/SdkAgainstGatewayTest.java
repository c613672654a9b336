package dev.forebay.lab.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.lab.LocalGateway;
import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.server.Gateway;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The official clients, unmodified, cannot tell the gateway from an engine.
@Timeout(240)
class SdkAgainstGatewayTest {
  private static List<FakeEngine> engines = List.of();
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    engines = List.of(engine("gpu-1"), engine("gpu-2"));
    gateway =
        LocalGateway.before(
            "demo", engines.stream().map(e -> URI.create("http://127.0.0.1:" + e.port())).toList());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    engines.forEach(FakeEngine::close);
  }

  @Test
  void servesTheJavaClient() {
    assertAllGood(OpenAiJavaSdk.run(LocalGateway.baseUrl(gateway), "demo"));
    assertNothingIsHeld();
  }

  @Test
  void servesTheNpmClient() throws Exception {
    assertAllGood(OpenAiNpmSdk.run(LocalGateway.baseUrl(gateway), "demo"));
    assertNothingIsHeld();
  }

  /// The gateway answers for a model that no pool serves by itself, in OpenAI's own words.
  @Test
  void answersForAnUnknownModelItself() {
    var verdicts = OpenAiJavaSdk.run(LocalGateway.baseUrl(gateway), "demo", Scenario.ERROR);

    assertThat(verdicts.getFirst().detail()).startsWith("model_not_found: ");
  }

  private static void assertAllGood(List<Verdict> verdicts) {
    assertThat(verdicts)
        .hasSize(Scenario.values().length)
        .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
  }

  /// A caller that left takes its engine's work with it.
  private static void assertNothingIsHeld() {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          assertThat(gateway.holding().calls()).isZero();
          assertThat(gateway.holding().bodyBytes()).isZero();
          assertThat(engines).allMatch(engine -> engine.readings().running() == 0);
        });
  }

  private static FakeEngine engine(String name) {
    return FakeEngine.start(
        EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
            .withName(name)
            .withModels("demo"));
  }
}
