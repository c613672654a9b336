package dev.forebay.lab.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.http.NewKey;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// How a call went is told to whoever has its id, over real sockets.
@Timeout(60)
class ExplainTest {
  private static final NewKey KEY = NewKey.make("acme", "ci", new Random(1));
  private static final String ANSWER =
      "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"an answer\"},"
          + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}";
  private static final String ASK =
      "{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"a secret"
          + " question\"}]}";

  @Test
  void aCallTellsItsLimitsItsAttemptsAndItsEnd() throws Exception {
    String limits =
        """
        keys: [%s]
        limits:
          global: {requests: [{rate: 1/d, shadow: true}]}
          tenants: {acme: {limits: {requests: [{rate: 60/min, burst: 99}], tokens: [{rate: 60/min, burst: 5000}]}}}
        """
            .formatted(KEY.line().substring(2));
    try (var broken = new ScriptedUpstream(_ -> ScriptedUpstream.json(500, "{}"));
        var good = new ScriptedUpstream(_ -> ScriptedUpstream.json(200, ANSWER));
        var gateway = new WireGateway("", limits, broken, good)) {
      JsonNode told = callUntilTriedTwice(gateway);

      assertThat(told.path("tenant").asString()).isEqualTo("acme");
      assertThat(told.path("key").asString()).isEqualTo("ci");
      assertThat(told.path("address").asString()).isEqualTo("127.0.0.1");
      assertThat(told.path("model").asString()).isEqualTo("m");
      assertThat(told.path("status").asInt()).isEqualTo(200);
      assertThat(told.path("reason").asString()).isEqualTo("ok");
      assertThat(told.path("arrived").asString()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
      assertThat(told.path("tokens_in").asInt()).isEqualTo(9);

      JsonNode tenant = told.at("/limits/1");
      assertThat(tenant.path("level").asString()).isEqualTo("tenant");
      assertThat(tenant.path("subject").asString()).isEqualTo("acme");
      assertThat(tenant.path("limit").asString()).isEqualTo("requests 60/min burst 99");
      assertThat(tenant.path("asked").asInt()).isEqualTo(1);
      assertThat(tenant.path("left").asInt()).isBetween(50, 100);
      assertThat(tenant.path("refused").asBoolean()).isFalse();
      assertThat(told.at("/limits/2/asked").asInt()).as("tokens").isGreaterThan(5);

      JsonNode first = told.at("/attempts/0");
      assertThat(first.path("replica").asString()).isEqualTo("gpu-0");
      assertThat(first.path("pool").asString()).isEqualTo("chat");
      assertThat(first.path("why").asString()).startsWith("of 2 usable, two were drawn");
      assertThat(first.path("reason").asString()).isEqualTo("upstream_error");
      assertThat(first.path("cause").asString()).isEqualTo("upstream_error");
      assertThat(first.path("detail").asString()).isEqualTo("replica gpu-0 answered 500");
      JsonNode second = told.at("/attempts/1");
      assertThat(second.path("replica").asString()).isEqualTo("gpu-1");
      assertThat(second.path("why").asString()).startsWith("the only one");
      assertThat(second.path("first_byte_ms").asDouble())
          .isBetween(second.path("began_ms").asDouble(), second.path("ended_ms").asDouble());
      assertThat(second.path("first_content_ms").asDouble())
          .isBetween(second.path("first_byte_ms").asDouble(), told.path("duration_ms").asDouble());

      assertThat(told.toString())
          .doesNotContain("secret", "an answer", KEY.key(), KEY.config().hash().value());
    }
  }

  private static JsonNode callUntilTriedTwice(WireGateway gateway) throws Exception {
    for (int i = 0; i < 40; i++) {
      HttpResponse<String> answer = gateway.chat(ASK, "api-key", KEY.key());
      assertThat(answer.statusCode()).isEqualTo(200);
      String id = answer.headers().firstValue("x-request-id").orElseThrow();
      JsonNode told = gateway.explained(id);
      assertThat(told.at("/limits/0/refused").asBoolean()).isEqualTo(i > 0);
      assertThat(told.at("/limits/0/shadow").asBoolean()).isTrue();
      if (told.path("attempts").size() == 2) {
        return told;
      }
    }
    throw new AssertionError("the broken replica was never asked");
  }

  @Test
  void aRefusedCallTellsWhichLimitRefusedAndTheListShowsTheLatest() throws Exception {
    try (var good = new ScriptedUpstream(_ -> ScriptedUpstream.json(200, ANSWER));
        var gateway =
            new WireGateway(
                "",
                "limits: {global: {requests: [{rate: 1/d}], concurrency: [{most: 4}]}}",
                good)) {
      gateway.chat(ASK, "x-request-id", "one/1");
      gateway.chat(ASK, "x-request-id", "two");
      gateway.explained("one/1");
      JsonNode refused = gateway.explained("two");
      assertThat(refused.path("status").asInt()).isEqualTo(429);
      assertThat(refused.path("reason").asString()).isEqualTo("rate_limit_exceeded");
      assertThat(refused.path("cause").asString()).isEqualTo("rate_limited");
      assertThat(refused.path("retry_after_ms").asLong()).isGreaterThan(86_000_000L);
      assertThat(refused.at("/limits/0/refused").asBoolean()).isTrue();
      assertThat(refused.at("/limits/0/left").asInt()).isZero();
      assertThat(refused.at("/limits/1/refused").asBoolean()).isFalse();
      assertThat(refused.at("/limits/1/left").asInt()).isEqualTo(4);
      assertThat(refused.path("attempts").isEmpty()).isTrue();
      assertThat(gateway.admin("/admin/explain/one/1").statusCode()).isEqualTo(200);

      JsonNode list = gateway.adminJson("/admin/explain").path("calls");
      assertThat(list.valueStream().map(it -> it.path("id").asString()).toList())
          .isEqualTo(List.of("two", "one/1"));
      assertThat(list.at("/0/reason").asString()).isEqualTo("rate_limit_exceeded");
      assertThat(list.at("/1/status").asInt()).isEqualTo(200);
    }
  }

  @Test
  void anUnknownIdIsToldHowManyAreKept() throws Exception {
    try (var good = new ScriptedUpstream(_ -> ScriptedUpstream.json(200, ANSWER));
        var gateway = new WireGateway("", "", good)) {
      HttpResponse<String> answer = gateway.admin("/admin/explain/nobody");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
      assertThat(answer.body()).contains("only the last 10,000 calls");
    }
  }
}
