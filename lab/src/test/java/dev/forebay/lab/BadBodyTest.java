package dev.forebay.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.chaos.Rig;
import dev.forebay.lab.engine.EngineObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A body that cannot be served is refused with the member that is to blame, as OpenAI does.
@Timeout(60)
class BadBodyTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static Rig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = new Rig(1, EngineObserver.NONE, config -> config, "");
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "0", "-5", "1e3", "10000000000"})
  void namesADeadlineThatIsNone(String millis) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + rig.gateway().port() + "/v1/chat/completions"))
            .timeout(Duration.ofSeconds(20))
            .headers("content-type", "application/json", "x-deadline-ms", millis)
            .POST(BodyPublishers.ofString("{\"model\":\"lab\"}"))
            .build();
    HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("x-deadline-ms must be 1..9999999999 milliseconds, was " + millis);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      nullValues = "null",
      value = {
        "{\"model\":\"lab\",\"n\":0}                                | n                             | n must be 1 to 128",
        "{\"messages\":[]}                                          | model                         | model must be named",
        "{\"model\":\"lab\",\"stream_options\":{\"include_usage\":1}} | stream_options.include_usage | include_usage must be true or false",
        "{\"model\":                                                | null                          | not valid JSON",
      })
  void namesTheMemberThatIsToBlame(String body, String param, String message) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + rig.gateway().port() + "/v1/chat/completions"))
            .timeout(Duration.ofSeconds(20))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
    JsonNode error = JsonMapper.shared().readTree(answer.body()).path("error");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(error.path("message").asString()).contains(message);
    assertThat(error.has("param")).isTrue();
    assertThat(error.path("param").asString(null)).isEqualTo(param);
  }
}
