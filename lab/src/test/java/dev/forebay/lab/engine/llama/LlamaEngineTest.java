package dev.forebay.lab.engine.llama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Runs the real engine on real weights: tinyllamas' stories260K (A. Karpathy, MIT).
@Timeout(60)
class LlamaEngineTest {
  private static final String PROMPT = "Once upon a time, there was a little";
  private static final String STORY = " girl named Lily. She loved to play outside in the park.";

  /// Room for an answer that outlasts the test on a fast machine.
  private static final int ENDLESS_TOKENS = 16_384;

  private static Optional<LlamaEngine> engine = Optional.empty();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @BeforeAll
  static void start() throws IOException {
    engine = Optional.of(LlamaEngine.start(weights(), 0));
  }

  @AfterAll
  static void stop() {
    engine.ifPresent(LlamaEngine::close);
  }

  @Test
  void tellsTheSameStoryEachTimeAtTemperatureZero() throws Exception {
    for (int i = 0; i < 2; i++) {
      JsonNode answer =
          JSON.readTree(post("/v1/chat/completions", chat("\"max_tokens\": 40")).body());

      assertThat(answer.at("/choices/0/message/content").asString()).startsWith(STORY);
      assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("length");
      assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(10);
      assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(40);
    }
  }

  @Test
  void streamsTheStoryTokenByToken() throws Exception {
    List<String> events =
        post(
                "/v1/chat/completions",
                chat(
                    "\"max_tokens\": 40, \"stream\": true, \"stream_options\": {\"include_usage\": true}"))
            .body()
            .lines()
            .filter(line -> !line.isEmpty())
            .toList();

    assertThat(events.getLast()).isEqualTo("data: [DONE]");
    List<JsonNode> chunks =
        events.stream()
            .limit(events.size() - 1)
            .map(line -> JSON.readTree(line.substring("data: ".length())))
            .toList();
    StringBuilder text = new StringBuilder();
    chunks.forEach(chunk -> text.append(chunk.at("/choices/0/delta/content").asString("")));
    assertThat(text.toString()).startsWith(STORY);
    assertThat(chunks).hasSize(43); // role, 40 tokens, the reason, the usage
    assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    assertThat(chunks.getLast().at("/choices").isEmpty()).isTrue();
    assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(40);
  }

  @Test
  void continuesPlainText() throws Exception {
    JsonNode answer =
        JSON.readTree(
            post(
                    "/v1/completions",
                    "{\"prompt\": \"%s\", \"temperature\": 0, \"stop\": [\" She\"]}"
                        .formatted(PROMPT))
                .body());

    assertThat(answer.at("/choices/0/text").asString()).isEqualTo(" girl named Lily.");
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void endsWhenItsContextIsFull() throws Exception {
    JsonNode answer =
        JSON.readTree(post("/v1/chat/completions", chat("\"ignore_eos\": true")).body());

    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(LlamaEngine.CONTEXT_TOKENS);
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("length");
  }

  @Test
  void endsAllSlotsThereTogetherThoughTheirCallersAskForMore() throws Exception {
    String body = chat("\"max_tokens\": 1000000, \"ignore_eos\": true");
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 2 * LlamaEngine.SLOTS; i++) {
      answers.add(CLIENT.sendAsync(request("/v1/chat/completions", body), BodyHandlers.ofString()));
    }

    for (CompletableFuture<HttpResponse<String>> each : answers) {
      JsonNode answer = JSON.readTree(each.join().body());
      assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(LlamaEngine.CONTEXT_TOKENS);
      assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    }
  }

  @Test
  void refusesAnUnknownModelAndAPromptThatCannotFit() throws Exception {
    HttpResponse<String> unknown =
        post("/v1/completions", "{\"model\": \"gpt-none\", \"prompt\": \"x\"}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(unknown.body()).at("/error/code").asString())
        .isEqualTo("model_not_found");

    HttpResponse<String> tooLong =
        post("/v1/completions", "{\"prompt\": \"%s\"}".formatted("story ".repeat(512)));
    assertThat(tooLong.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(tooLong.body()).at("/error/code").asString())
        .isEqualTo("context_length_exceeded");
  }

  @Test
  void letsTheFifthCallerWaitAndFreesTheSlotOfACallerWhoLeaves() throws Exception {
    try (LlamaEngine roomy = LlamaEngine.start(weights(), 0, ENDLESS_TOKENS)) {
      URI at = roomy.address();
      List<InputStream> endless = new ArrayList<>();
      for (int i = 0; i < LlamaEngine.SLOTS; i++) {
        endless.add(openEndlessStream(at));
      }
      var fifth =
          CLIENT.sendAsync(
              request(at, "/v1/chat/completions", chat("\"max_tokens\": 40")),
              BodyHandlers.ofString());
      awaitMetric(at, "llamacpp:requests_processing", LlamaEngine.SLOTS);
      awaitMetric(at, "llamacpp:requests_deferred", 1);
      assertThat(fifth).isNotDone();

      endless.getFirst().close();
      await().atMost(Duration.ofSeconds(10)).until(fifth::isDone);
      assertThat(fifth.join().body()).contains(STORY);

      for (InputStream stream : endless) {
        stream.close();
      }
      awaitMetric(at, "llamacpp:requests_processing", 0);
      awaitMetric(at, "llamacpp:kv_cache_tokens", 0);
    }
  }

  @Test
  void saysWhatItServesAndThatItIsWell() throws Exception {
    assertThat(JSON.readTree(get("/v1/models")).at("/data/0/id").asString())
        .isEqualTo("stories260K");
    assertThat(get("/health")).isEqualTo("{\"status\":\"ok\"}");
  }

  // As many tokens as the context holds: it lasts until someone leaves.
  private static InputStream openEndlessStream(URI at) throws Exception {
    HttpResponse<InputStream> response =
        CLIENT.send(
            request(at, "/v1/chat/completions", chat("\"ignore_eos\": true, \"stream\": true")),
            BodyHandlers.ofInputStream());
    InputStream body = response.body();
    assertThat(new BufferedReader(new InputStreamReader(body, UTF_8)).readLine())
        .startsWith("data: ");
    return body;
  }

  private static void awaitMetric(URI at, String name, double value) {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> get(at, "/metrics").contains("\n%s %d\n".formatted(name, (long) value)));
  }

  private static Path weights() {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "skipped: FOREBAY_DATA is not set, so there are no model weights");
    return Path.of(data, "models", "stories260K.gguf");
  }

  private static String chat(String more) {
    return "{\"model\": \"stories260K\", \"temperature\": 0, \"messages\": [{\"role\": \"user\", \"content\": \"%s\"}], %s}"
        .formatted(PROMPT, more);
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return CLIENT.send(request(path, body), BodyHandlers.ofString());
  }

  private static HttpRequest request(String path, String body) {
    return request(address(), path, body);
  }

  private static HttpRequest request(URI at, String path, String body) {
    return HttpRequest.newBuilder(at.resolve(path))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static String get(String path) throws Exception {
    return get(address(), path);
  }

  private static String get(URI at, String path) throws Exception {
    return CLIENT
        .send(HttpRequest.newBuilder(at.resolve(path)).build(), BodyHandlers.ofString())
        .body();
  }

  private static URI address() {
    return engine.orElseThrow().address();
  }
}
