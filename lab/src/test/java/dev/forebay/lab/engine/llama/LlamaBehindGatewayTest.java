package dev.forebay.lab.engine.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.lab.LocalGateway;
import dev.forebay.server.Gateway;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.ObjectMapper;

/// Real weights behind the real gateway: not one token is lost or changed on the way.
@Timeout(60)
class LlamaBehindGatewayTest {
  private static final String STORY = " girl named Lily. She loved to play outside in the park.";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void tellsTheStoryThatTheEngineTells() throws Exception {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "skipped: FOREBAY_DATA is not set, so there are no model weights");
    try (LlamaEngine engine = LlamaEngine.start(Path.of(data, "models", "stories260K.gguf"), 0);
        Gateway gateway = LocalGateway.before(engine.model(), List.of(engine.address()));
        HttpClient client = HttpClient.newHttpClient()) {
      String plain = ask(client, gateway, engine.model(), false).body();
      HttpResponse<String> streamed = ask(client, gateway, engine.model(), true);

      String whole = JSON.readTree(plain).at("/choices/0/message/content").asString();
      assertThat(whole).startsWith(STORY);
      assertThat(streamed.headers().firstValue("content-type").orElse(""))
          .startsWith("text/event-stream");
      assertThat(pieces(streamed.body())).hasSizeGreaterThan(30);
      assertThat(String.join("", pieces(streamed.body()))).isEqualTo(whole);
      assertThat(streamed.body().stripTrailing()).endsWith("data: [DONE]");
    }
  }

  private static HttpResponse<String> ask(
      HttpClient client, Gateway gateway, String model, boolean stream) throws Exception {
    String body =
        """
        {"model": "%s", "max_tokens": 40, "temperature": 0, "stream": %s,
         "messages": [{"role": "user", "content": "Once upon a time, there was a little"}]}\
        """
            .formatted(model, stream);
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(LocalGateway.baseUrl(gateway).resolve("/v1/chat/completions"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static List<String> pieces(String events) {
    return events
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line ->
            JSON.readTree(line.substring("data: ".length()))
                .at("/choices/0/delta/content")
                .asString(""))
        .filter(piece -> !piece.isEmpty())
        .collect(Collectors.toList());
  }
}
