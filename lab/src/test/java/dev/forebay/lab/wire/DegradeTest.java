package dev.forebay.lab.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// A call that would be refused is served as less if its tenant agreed, and says so; over real
/// sockets. What a pool can take is what its account may have in a minute.
@Timeout(60)
class DegradeTest {
  private static final String ANSWER =
      "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":600}}";
  private static final String DEGRADED = "x-forebay-degraded";

  private static GatewayConfig config(
      String steps, ScriptedUpstream large, ScriptedUpstream small) {
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        queue: {maxCalls: 0}
        accounts: {provider: {tokens: 1000}}
        degrade: {smaller: {large: small}, maxTokens: 50}
        limits: {tenants: {anonymous: {degrade: %s}}}
        pools:
          large:
            models: [large]
            account: provider
            replicas: [{name: large-0, url: "http://127.0.0.1:%d"}]
            probe: {timeout: 10s}
          small:
            models: [small]
            replicas: [{name: small-0, url: "http://127.0.0.1:%d"}]
            probe: {timeout: 10s}
        """
            .formatted(steps, large.port(), small.port());
    return new ConfigLoader().parse(yaml, "test", Path.of(""));
  }

  private static ScriptedUpstream engine() throws Exception {
    return new ScriptedUpstream(_ -> ScriptedUpstream.json(200, ANSWER));
  }

  @Test
  void aSmallerModelAnswersWhereThatOfTheCallerHasNoRoom() throws Exception {
    try (var large = engine();
        var small = engine();
        var gateway = new WireGateway(config("[model, max_tokens]", large, small))) {
      HttpResponse<String> first = gateway.chat("{\"model\":\"large\",\"max_tokens\":600}");
      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.headers().firstValue(DEGRADED)).as("what was not refused").isEmpty();

      HttpResponse<String> second = gateway.chat("{\"model\":\"large\",\"max_tokens\":600}");
      assertThat(second.statusCode()).isEqualTo(200);
      assertThat(second.headers().firstValue(DEGRADED)).hasValue("model=small");
      assertThat(second.headers().firstValue("x-forebay-replica")).hasValue("small-0");
      assertThat(small.asked().getFirst().body())
          .isEqualTo("{\"model\":\"small\",\"max_tokens\":600}");

      // Counted when the call has ended, which its caller may see first.
      await()
          .until(() ->
              gateway
                  .admin("/metrics")
                  .body()
                  .contains("forebay_degraded_total{step=\"model\"} 1.0"));
      assertThat(gateway.admin("/metrics").body())
          .contains("forebay_degraded_total{step=\"max_tokens\"} 0.0");
      JsonNode told = gateway.explained(second.headers().firstValue("x-request-id").orElseThrow());
      assertThat(told.path("model").asString()).isEqualTo("large");
      assertThat(told.at("/attempts/0/reason").asString()).isEqualTo("server_overloaded");
      assertThat(told.at("/attempts/1/degraded").asString()).isEqualTo("model=small");
    }
  }

  @Test
  void fewerTokensAreAskedForWhereThatIsWhatFits() throws Exception {
    try (var large = engine();
        var small = engine();
        var gateway = new WireGateway(config("[max_tokens]", large, small))) {
      gateway.chat("{\"model\":\"large\",\"max_tokens\":600}");
      HttpResponse<String> bounded = gateway.chat("{\"model\":\"large\",\"max_tokens\":600}");
      assertThat(bounded.headers().firstValue(DEGRADED)).hasValue("max_tokens=50");
      assertThat(large.asked().getLast().body())
          .isEqualTo("{\"model\":\"large\",\"max_tokens\":50}");
    }
  }

  @Test
  void whoDidNotAgreeIsRefused() throws Exception {
    try (var large = engine();
        var small = engine();
        var gateway = new WireGateway(config("[]", large, small))) {
      gateway.chat("{\"model\":\"large\",\"max_tokens\":600}");
      HttpResponse<String> refused = gateway.chat("{\"model\":\"large\",\"max_tokens\":600}");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue(DEGRADED)).isEmpty();
      assertThat(small.asked()).isEmpty();
    }
  }
}
