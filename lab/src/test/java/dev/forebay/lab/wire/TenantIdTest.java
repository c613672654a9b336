package dev.forebay.lab.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.server.http.NewKey;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Engines are told tenants apart, never who they are.
@Timeout(60)
class TenantIdTest {
  private static final NewKey ACME = NewKey.make("acme", "ci", new Random(1));
  private static final NewKey OTHER = NewKey.make("other", "o", new Random(2));
  private static final String KEYS =
      "keys: [%s, %s]".formatted(ACME.line().substring(2), OTHER.line().substring(2));
  private static final String ASK = "{\"model\":\"m\",\"messages\":[]}";

  private static String pool(String field, String secret) {
    return ", tenantId: {field: %s, secret: %s}".formatted(field, secret);
  }

  private static ScriptedUpstream upstream() throws Exception {
    return new ScriptedUpstream(_ -> ScriptedUpstream.json(200, "{\"choices\":[{}]}"));
  }

  private static String sent(String secret, NewKey key, String body) throws Exception {
    try (var upstream = upstream();
        var gateway = new WireGateway(pool("user_id", secret), KEYS, upstream)) {
      gateway.chat(body, "api-key", key.key());
      return upstream.asked().getFirst().body();
    }
  }

  private static String id(String body) {
    JsonNode json = JsonMapper.shared().readTree(body);
    return json.path("user_id").asString();
  }

  @Test
  void aTenantAlwaysHasTheSameIdThatTellsNobodyItsName() throws Exception {
    String body = sent("hush-1", ACME, ASK);
    assertThat(id(body)).matches("[0-9a-f]{32}");
    assertThat(body)
        .isEqualTo("{\"model\":\"m\",\"user_id\":\"" + id(body) + "\",\"messages\":[]}");
    assertThat(sent("hush-1", ACME, ASK)).isEqualTo(body);
    assertThat(id(sent("hush-1", OTHER, ASK))).isNotEqualTo(id(body));
    assertThat(id(sent("hush-2", ACME, ASK))).as("another secret").isNotEqualTo(id(body));
  }

  @Test
  void aCallerThatSetsTheFieldKeepsItsOwn() throws Exception {
    for (String own : new String[] {"\"mine\"", "null", "7"}) {
      String body = "{\"user_id\":%s,\"model\":\"m\",\"messages\":[]}".formatted(own);
      assertThat(sent("hush-1", ACME, body)).isEqualTo(body);
    }
  }

  @Test
  void itStandsBesideTheNameUnderWhichAnotherPoolServesTheModel() throws Exception {
    try (var own = new ScriptedUpstream(_ -> ScriptedUpstream.json(500, "{}"));
        var spare = upstream();
        var gateway =
            new WireGateway(
                ", fallback: [spare]}, spare: {models: [größer], replicas: [\"http://127.0.0.1:%d\"]%s"
                    .formatted(spare.port(), pool("user_id", "hush-1")),
                KEYS,
                own)) {
      gateway.chat("{\"stream\":true,\"model\":\"m\",\"messages\":[]}", "api-key", ACME.key());
      String body = spare.asked().getFirst().body();
      assertThat(body)
          .isEqualTo(
              "{\"stream\":true,\"model\":\"größer\",\"stream_options\":{\"include_usage\":true},\"user_id\":\""
                  + id(body)
                  + "\",\"messages\":[]}");
    }
  }

  @Test
  void itStandsBesideWhatAStreamIsAskedFor() throws Exception {
    String body =
        sent(
            "hush-1",
            ACME,
            "{\"stream_options\":{\"include_usage\":false},\"stream\":true,\"model\":\"m\"}");
    assertThat(body)
        .isEqualTo(
            "{\"stream_options\":{\"include_usage\":true},\"stream\":true,\"model\":\"m\",\"user_id\":\""
                + id(body)
                + "\"}");
    String both = sent("hush-1", ACME, "{\"stream\":true,\"model\":\"m\"}");
    assertThat(JsonMapper.shared().readTree(both).at("/stream_options/include_usage").asBoolean())
        .isTrue();
    assertThat(id(both)).isEqualTo(id(body));
  }

  @Test
  void otherFieldsAndOtherOperations() throws Exception {
    try (var upstream = upstream();
        var gateway = new WireGateway(pool("cache_salt", "hush-1"), KEYS, upstream)) {
      gateway.chat("{\"model\":\"m\",\"user_id\":\"u\"}", "api-key", ACME.key());
      gateway.post("/v1/embeddings", "{\"model\":\"m\",\"input\":\"x\"}", "api-key", ACME.key());
      assertThat(upstream.asked().getFirst().body()).contains("\"cache_salt\":\"");
      assertThat(upstream.asked().getLast().body()).isEqualTo("{\"model\":\"m\",\"input\":\"x\"}");
    }
  }

  @Test
  void withoutASecretOrInAnthropicsDialectItIsRefused() throws Exception {
    try (var upstream = upstream()) {
      assertThatThrownBy(() -> WireGateway.config(pool("user_id", "\"\""), "", upstream))
          .hasMessageContaining("secret must be set");
      assertThatThrownBy(() ->
              WireGateway.config(pool("user_id", "hush-1") + ", speaks: anthropic", "", upstream))
          .hasMessageContaining("tenantId.field must be none for a pool that speaks anthropic");
      assertThat(WireGateway.config(pool("user_id", "hush-1"), "", upstream).toString())
          .doesNotContain("hush-1");
    }
  }
}
