package dev.forebay.lab.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients as their makers ship them cannot tell the gateway from an engine.
@Timeout(240)
class SdkAgainstGatewayTest {
  private static final Set<Scenario> ALL = EnumSet.allOf(Scenario.class);

  // What each client leaves behind in a run of all scenarios: the stream it cancelled, the answer
  // it did not wait for, and the two that the gateway's time limits ended.
  private static final int LEFT = 4;

  // Each client meets a replica that has not yet asked others to leave it alone.
  private SdkRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new SdkRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void servesOpenAiForJava() {
    assertAllGood(JavaScenarios.run(OpenAiJavaSdk::new, rig.v1(), "demo", ALL));
    assertEnginesStopped();
    assertTriesOfABusyReplica(3);
  }

  @Test
  void servesLangChain4j() {
    assertAllGood(JavaScenarios.run(LangChain4jSdk::new, rig.v1(), "demo", ALL));
    assertEnginesStopped();
    assertTriesOfABusyReplica(3);
  }

  @Test
  void servesOpenAiForNode() throws Exception {
    assertAllGood(NpmSdk.run("openai", rig.v1(), "demo", ALL));
    assertEnginesStopped();
    assertTriesOfABusyReplica(3);
  }

  @Test
  void servesVercelsAiSdk() throws Exception {
    assertAllGood(NpmSdk.run("ai", rig.v1(), "demo", ALL));
    assertEnginesStopped();
    assertTriesOfABusyReplica(3);
  }

  @Test
  void servesAnthropicForNode() throws Exception {
    assertAllGood(NpmSdk.run("anthropic", rig.root(), "claude", ALL));
    assertEnginesStopped();
    assertTriesOfABusyReplica(3);
  }

  /// DeepSeek's base URL for Anthropic's client.
  @Test
  void servesAnthropicForNodeUnderDeepSeeksPath() throws Exception {
    URI base = rig.root().resolve("/anthropic");

    assertThat(NpmSdk.run("anthropic", base, "claude", Scenario.anywhere()))
        .hasSameSizeAs(Scenario.anywhere())
        .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
  }

  /// A base URL without `/v1` means the same.
  @Test
  void servesClientsThatLeaveOutV1() throws Exception {
    Set<Scenario> some = EnumSet.of(Scenario.STREAM, Scenario.MODELS, Scenario.EMBED);

    assertThat(JavaScenarios.run(OpenAiJavaSdk::new, rig.root(), "demo", some))
        .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
    assertThat(JavaScenarios.run(LangChain4jSdk::new, rig.root(), "demo", some))
        .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
    assertThat(NpmSdk.run("openai", rig.root(), "demo", some))
        .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
  }

  /// The gateway answers for a model that no pool serves by itself, in OpenAI's own words.
  @Test
  void answersForAnUnknownModelItself() {
    var verdicts = JavaScenarios.run(OpenAiJavaSdk::new, rig.v1(), "demo", Set.of(Scenario.ERROR));

    assertThat(verdicts.getFirst().detail()).startsWith("NotFoundException model_not_found: ");
  }

  private static void assertAllGood(List<Verdict> verdicts) {
    verdicts.forEach(verdict -> System.out.println(verdict));
    assertThat(verdicts)
        .hasSameSizeAs(ALL)
        .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
  }

  /// A caller that left takes its engine's work with it.
  private void assertEnginesStopped() {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          assertThat(rig.idle()).isTrue();
          assertThat(rig.left()).isEqualTo(LEFT);
        });
  }

  /// One try of the gateway for each of the client: there is no other replica.
  private void assertTriesOfABusyReplica(int tries) {
    assertThat(rig.refused()).isEqualTo(tries);
  }
}
