package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FakeEngineTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TOOLS =
      """
      ,"tools":[{"type":"function","function":{"name":"weather","parameters":
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}}]\
      """;

  private final Watcher watcher = new Watcher();
  private final HttpClient http = HttpClient.newHttpClient();
  private FakeEngine engine = start(config());

  private static EngineConfig config() {
    return EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
        .withName("e1")
        .withModels("m", "m-alias")
        .withTimeScale(200);
  }

  private FakeEngine start(EngineConfig config) {
    return FakeEngine.start(config, watcher);
  }

  @BeforeEach
  void clear() {
    watcher.ends.clear();
  }

  @AfterEach
  void stop() {
    http.close();
    engine.close();
  }

  @Test
  void answersAChatInWhole() throws Exception {
    var response = post("/v1/chat/completions", chat("\"max_tokens\":30"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-engine-id")).contains("e1");
    var body = JSON.readTree(response.body());
    var choice = body.path("choices").path(0);
    assertThat(choice.path("message").path("content").asString()).isEqualTo(watcher.text("r1"));
    assertThat(choice.path("finish_reason").asString()).isEqualTo("length");
    assertThat(body.path("usage").path("completion_tokens").asInt()).isEqualTo(30);
    assertThat(body.path("usage").path("prompt_tokens").asInt()).isPositive();
    assertThat(watcher.nextEnd()).isEqualTo("r1 length");
  }

  @Test
  void takesTheLengthsThatARequestTells() throws Exception {
    var usage = usage("\"lab_tokens\":{\"prompt\":700,\"output\":12}");
    assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(700);
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(12);
    // a bound is a bound all the same
    usage = usage("\"max_tokens\":5,\"lab_tokens\":{\"prompt\":700,\"output\":12}");
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(5);
  }

  private JsonNode usage(String members) throws Exception {
    return JSON.readTree(post("/v1/chat/completions", chat(members)).body()).path("usage");
  }

  @Test
  void streamsAChatTheWayVllmDoes() throws Exception {
    var response =
        post(
            "/v1/chat/completions",
            chat("\"max_tokens\":30,\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
    assertThat(response.headers().firstValue("content-type"))
        .contains("text/event-stream; charset=utf-8");
    var events = events(response.body());
    assertThat(events).hasSize(30 + 4);
    assertThat(delta(events.getFirst()).path("role").asString()).isEqualTo("assistant");
    var text = new StringBuilder();
    for (int i = 1; i <= 30; i++) {
      text.append(delta(events.get(i)).path("content").asString());
    }
    assertThat(text).hasToString(watcher.text("r1"));
    assertThat(JSON.readTree(events.get(31)).at("/choices/0/finish_reason").asString())
        .isEqualTo("length");
    var usage = JSON.readTree(events.get(32));
    assertThat(usage.path("choices")).isEmpty();
    assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(30);
    assertThat(events.getLast()).isEqualTo("[DONE]");
  }

  @Test
  void tellsTheSameTextStreamedOrNot() throws Exception {
    var plain = JSON.readTree(post("/v1/chat/completions", chat("\"max_tokens\":40")).body());
    watcher.nextEnd();
    post("/v1/chat/completions", chat("\"max_tokens\":40,\"stream\":true"));
    assertThat(plain.at("/choices/0/message/content").asString()).isEqualTo(watcher.text("r1"));
  }

  @Test
  void anotherSeedTellsAnotherText() throws Exception {
    var first = post("/v1/chat/completions", chat("\"max_tokens\":20,\"seed\":1"));
    var second = post("/v1/chat/completions", chat("\"max_tokens\":20,\"seed\":2"));
    assertThat(JSON.readTree(first.body()).path("choices"))
        .isNotEqualTo(JSON.readTree(second.body()).path("choices"));
  }

  @Test
  void makesAsManyChoicesAsAsked() throws Exception {
    var body = JSON.readTree(post("/v1/chat/completions", chat("\"max_tokens\":9,\"n\":3")).body());
    assertThat(body.path("choices")).hasSize(3);
    assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(27);
    var streamed =
        post("/v1/chat/completions", chat("\"max_tokens\":9,\"n\":3,\"stream\":true")).body();
    assertThat(streamed).contains("\"index\":0", "\"index\":1", "\"index\":2");
    assertThat(events(streamed)).hasSize(3 * (9 + 2) + 1);
  }

  @Test
  void endsByItselfWhenNoLengthIsAsked() throws Exception {
    var body = JSON.readTree(post("/v1/chat/completions", chat("\"seed\":3")).body());
    assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void callsAToolInWholeAndInFragments() throws Exception {
    var asked = chat("\"tool_choice\":\"required\"" + TOOLS);
    var call =
        JSON.readTree(post("/v1/chat/completions", asked).body())
            .at("/choices/0/message/tool_calls/0");
    assertThat(call.at("/function/name").asString()).isEqualTo("weather");
    var arguments = JSON.readTree(call.at("/function/arguments").asString());
    assertThat(arguments.path("days").asInt()).isEqualTo(42);

    var streamed = chat("\"stream\":true,\"tool_choice\":\"required\"" + TOOLS);
    var fragments = new StringBuilder();
    for (var event : events(post("/v1/chat/completions", streamed).body())) {
      if (event.startsWith("{")) {
        fragments.append(delta(event).at("/tool_calls/0/function/arguments").asString(""));
      }
    }
    assertThat(JSON.readTree(fragments.toString())).isEqualTo(arguments);
  }

  @Test
  void callsTheToolThatIsNamedOrSpokenOf() throws Exception {
    var named = "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}";
    assertThat(post("/v1/chat/completions", chat(named + TOOLS)).body())
        .contains("\"finish_reason\":\"tool_calls\"");
    var spoken =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"call the tool\"}]%s}"
            .formatted(TOOLS);
    assertThat(post("/v1/chat/completions", spoken).body())
        .contains("\"finish_reason\":\"tool_calls\"");
    assertThat(post("/v1/chat/completions", chat("\"max_tokens\":3" + TOOLS)).body())
        .contains("\"finish_reason\":\"length\"");
  }

  @Test
  void speaksTheOlderCompletionsApi() throws Exception {
    var asked = "{\"model\":\"m\",\"prompt\":\"Once\",\"max_tokens\":8%s}";
    var body = JSON.readTree(post("/v1/completions", asked.formatted("")).body());
    assertThat(body.at("/choices/0/text").asString()).isEqualTo(watcher.text("r1"));
    var events = events(post("/completions", asked.formatted(",\"stream\":true")).body());
    assertThat(events).hasSize(8 + 2);
  }

  @Test
  void speaksAnthropic() throws Exception {
    var response = post("/v1/messages", chat("\"max_tokens\":12"));
    var body = JSON.readTree(response.body());
    assertThat(body.at("/content/0/text").asString()).isEqualTo(watcher.text("r1"));
    assertThat(body.path("stop_reason").asString()).isEqualTo("max_tokens");
    var streamed = post("/v1/messages", chat("\"max_tokens\":12,\"stream\":true")).body();
    var types =
        events(streamed).stream().map(e -> JSON.readTree(e).path("type").asString()).toList();
    assertThat(types.subList(0, 4))
        .containsExactly("message_start", "content_block_start", "ping", "content_block_delta");
    assertThat(types.subList(types.size() - 3, types.size()))
        .containsExactly("content_block_stop", "message_delta", "message_stop");
    var error = post("/v1/messages", chat("\"max_tokens\":-1"));
    assertThat(error.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(error.body()).at("/error/type").asString())
        .isEqualTo("invalid_request_error");
  }

  @Test
  void speaksTheResponsesApiWithUnbrokenSequenceNumbers() throws Exception {
    var asked = "{\"model\":\"m\",\"input\":\"Hi\",\"max_output_tokens\":7%s}";
    var body = JSON.readTree(post("/v1/responses", asked.formatted("")).body());
    assertThat(body.at("/output/0/content/0/text").asString()).isEqualTo(watcher.text("r1"));
    for (var more : new String[] {"", ",\"tool_choice\":\"required\"" + TOOLS}) {
      var events = events(post("/v1/responses", asked.formatted(",\"stream\":true" + more)).body());
      for (int i = 0; i < events.size(); i++) {
        assertThat(JSON.readTree(events.get(i)).path("sequence_number").asInt(-1)).isEqualTo(i);
      }
    }
  }

  @Test
  void embedsLikeTextsCloseTogether() throws Exception {
    var body =
        JSON.readTree(
            post(
                    "/v1/embeddings",
                    """
                    {"model":"m","input":["How do I reset my password?",
                      "How can I reset my password?","Sort a list in Java"]}\
                    """)
                .body());
    assertThat(body.path("data")).hasSize(3);
    var vectors = new ArrayList<JsonNode>();
    body.path("data").forEach(each -> vectors.add(each.path("embedding")));
    assertThat(dot(vectors.get(0), vectors.get(1))).isGreaterThan(0.7);
    assertThat(dot(vectors.get(0), vectors.get(2))).isLessThan(0.4);
    var encoded = "{\"model\":\"m\",\"input\":\"x\",\"encoding_format\":\"base64\"}";
    var embedding = JSON.readTree(post("/v1/embeddings", encoded).body()).at("/data/0/embedding");
    assertThat(embedding.isString()).isTrue();
  }

  @Test
  void listsItsModelsItsHealthAndItsMetrics() throws Exception {
    post("/v1/chat/completions", chat("\"max_tokens\":5"));
    assertThat(get("/v1/models")).contains("\"id\":\"m\"", "\"id\":\"m-alias\"");
    assertThat(get("/models")).contains("\"id\":\"m\"");
    assertThat(get("/health")).isEmpty();
    assertThat(get("/metrics"))
        .contains(
            "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 0.0",
            "vllm:kv_cache_usage_perc{",
            "vllm:gpu_cache_usage_perc{",
            "vllm:generation_tokens_total{engine=\"0\",model_name=\"m\"} 5.0",
            "vllm:time_to_first_token_seconds_count{engine=\"0\",model_name=\"m\"} 1");
  }

  @Test
  void refusesWhatItCannotServe() throws Exception {
    var unknown = post("/v1/chat/completions", chat("\"max_tokens\":5").replace("\"m\"", "\"x\""));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(unknown.body()).at("/error/message").asString())
        .isEqualTo("The model `x` does not exist.");
    assertThat(post("/v1/chat/completions", "{\"model\":").statusCode()).isEqualTo(400);
    assertThat(post("/v1/chat/completions", "[]").statusCode()).isEqualTo(400);
    assertThat(post("/v1/chat/completions", "{\"model\":\"m\"}").statusCode()).isEqualTo(400);
    assertThat(post("/v1/chat/completions", chat("\"n\":0")).statusCode()).isEqualTo(400);
    assertThat(post("/v1/chat/completions", chat("\"max_tokens\":99999")).body())
        .contains("maximum context length is 32768 tokens");
    assertThat(post("/v1/nothing", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void abortsWhenTheClientHangsUpAndFreesItsBlocks() throws Exception {
    engine.close();
    engine = start(config().withTimeScale(1));
    try (var client = new Client(engine.port())) {
      client.post(
          "/v1/chat/completions",
          chat("\"max_tokens\":20000,\"stream\":true,\"n\":2"),
          "x-request-id: gone\r\n");
      assertThat(watcher.firstTokens.poll(20, TimeUnit.SECONDS)).isEqualTo("gone");
      assertThat(engine.readings().running()).isEqualTo(2);
    }
    assertThat(watcher.nextEnd()).isEqualTo("gone aborted");
    assertThat(engine.readings().running()).isZero();
    assertThat(engine.readings().kvUsage()).isZero();
    assertThat(engine.readings().aborted()).isEqualTo(1);
  }

  @Test
  void abortsWhatIsStillQueuedAndAnswersThatAreNotStreamed() throws Exception {
    engine.close();
    engine = start(config().withTimeScale(1).withScheduler(new SchedulerConfig(2_048, 1, 4_000)));
    try (var first = new Client(engine.port())) {
      first.post("/v1/chat/completions", chat("\"max_tokens\":20000"), "x-request-id: a\r\n");
      assertThat(watcher.firstTokens.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
      try (var second = new Client(engine.port())) {
        second.post("/v1/chat/completions", chat("\"max_tokens\":20000"), "x-request-id: b\r\n");
      }
      assertThat(watcher.nextEnd()).isEqualTo("b aborted");
    }
    assertThat(watcher.nextEnd()).isEqualTo("a aborted");
    assertThat(engine.readings().waiting()).isZero();
  }

  @Test
  void servesPipelinedRequestsInOrder() throws Exception {
    try (var client = new Client(engine.port())) {
      for (int i = 0; i < 3; i++) {
        client.post(
            "/v1/chat/completions",
            chat("\"max_tokens\":5,\"stream\":true"),
            "x-request-id: p%d\r\n".formatted(i));
      }
      for (int i = 0; i < 3; i++) {
        assertThat(client.until("data: [DONE]\n\n")).contains("x-request-id: p" + i);
      }
    }
  }

  @Test
  void cutsEventsAnywhereAndLosesNoByteWhenChunkingIsRandom() throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      engine.close();
      watcher.ends.clear();
      engine = start(config().withRandomChunking(seed));
      var body = post("/v1/chat/completions", chat("\"max_tokens\":80,\"stream\":true")).body();
      var text = new StringBuilder();
      for (var event : events(body)) {
        if (event.startsWith("{")) {
          text.append(delta(event).path("content").asString(""));
        }
      }
      assertThat(text).hasToString(watcher.text("r1"));
    }
  }

  @Test
  void rememberedPromptsAreNotPrefilledAgain() throws Exception {
    engine.close();
    engine = start(config().withPrefixCacheTokens(10_000));
    var asked = chat("\"max_tokens\":1").replace("Hello", "Hello ".repeat(200));
    post("/v1/chat/completions", asked);
    assertThat(
            JSON.readTree(post("/v1/chat/completions", asked).body())
                .at("/usage/prompt_tokens_details/cached_tokens")
                .asInt())
        .isGreaterThan(280);
  }

  @Test
  void carriesThousandsOfStreamsAtOnce() throws Exception {
    engine.close();
    engine = start(config().withTimeScale(10));
    var clients = new ArrayList<Client>();
    try {
      for (int i = 0; i < 1_500; i++) {
        var client = new Client(engine.port());
        clients.add(client);
        client.post("/v1/chat/completions", chat("\"max_tokens\":20,\"stream\":true"));
      }
      assertThat(watcher.nextEnds(1_500)).allMatch(end -> end.endsWith("length"));
      for (var client : clients) {
        assertThat(client.until("data: [DONE]\n\n")).endsWith("data: [DONE]\n\n");
      }
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
  }

  static String chat(String more) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello 你好\"}],%s}"
        .formatted(more);
  }

  static List<String> events(String stream) {
    return stream
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring(6))
        .toList();
  }

  private static JsonNode delta(String event) {
    return JSON.readTree(event).at("/choices/0/delta");
  }

  private static double dot(JsonNode a, JsonNode b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.get(i).asDouble() * b.get(i).asDouble();
    }
    return sum;
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("x-request-id", "r1")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String get(String path) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + engine.port() + path);
  }
}
