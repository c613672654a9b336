package dev.forebay.lab.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.chaos.Rig;
import dev.forebay.lab.engine.EngineObserver;
import dev.forebay.server.http.NewKey;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Each stream of a connection shows a key of its own.
@Timeout(60)
class KeysOverHttp2Test {
  private static final NewKey ACME = NewKey.make("acme", "ci", new Random(1));
  private static final NewKey OTHER = NewKey.make("other", "o", new Random(2));
  private static final String ASK =
      "{\"model\":\"lab\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private static Http2Headers head(String path, String name, String value) {
    return new DefaultHttp2Headers(false)
        .method("POST")
        .scheme("http")
        .authority("127.0.0.1")
        .path(path)
        .add("content-type", "application/json")
        .add(name, value);
  }

  @Test
  void eachStreamIsLetInByItsOwnKey() throws Exception {
    String extra =
        """
        keys: [%s, %s]
        limits: {tenants: {acme: {limits: {requests: [{rate: 1/d}]}}, other: {}}}
        """
            .formatted(ACME.line().substring(2), OTHER.line().substring(2));
    try (Rig rig = new Rig(1, EngineObserver.NONE, config -> config, extra);
        var caller = new Http2Caller(rig.gateway().port())) {
      String path = "/v1/chat/completions";
      assertThat(caller.post(path, ASK).reply().status()).isEqualTo(401);
      assertThat(caller.send(head(path, "authorization", "Bearer nobody"), ASK).reply().status())
          .isEqualTo(401);
      String bearer = "Bearer " + ACME.key();
      assertThat(caller.send(head(path, "authorization", bearer), ASK).reply().status())
          .isEqualTo(200);
      Http2Caller.Reply limited = caller.send(head(path, "x-api-key", ACME.key()), ASK).reply();
      assertThat(limited.status()).isEqualTo(429);
      assertThat(limited.body()).contains("for tenant acme");
      assertThat(caller.send(head(path, "api-key", OTHER.key()), ASK).reply().status())
          .as("another tenant on the same connection")
          .isEqualTo(200);
    }
  }

  @Test
  void aStreamThatIsAskedForItsUsageIsTheSameOverFrames() throws Exception {
    String ask = ASK.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
    String asks =
        ask.replace("\"max_tokens\"", "\"stream_options\":{\"include_usage\":true},\"max_tokens\"");
    try (Rig rig = new Rig(1, EngineObserver.NONE, config -> config, "");
        var caller = new Http2Caller(rig.gateway().port())) {
      String body = caller.post("/v1/chat/completions", ask).reply().body();
      assertThat(body).endsWith("data: [DONE]\n\n").doesNotContain("\"choices\":[]");
      assertThat(body.split("\n\n", -1)).allMatch(it -> it.isEmpty() || it.startsWith("data: "));
      assertThat(caller.post("/v1/chat/completions", asks).reply().body())
          .contains("\"choices\":[]");
    }
  }
}
