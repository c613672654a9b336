package dev.forebay.lab.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.server.Gateway;
import dev.forebay.server.Reloaded;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.http.NewKey;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who calls, and what that caller may have: over real sockets, in front of a fake engine.
@Timeout(120)
class CallersTest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final NewKey CI = NewKey.make("acme", "ci", new Random(1));
  private static final NewKey OTHER = NewKey.make("other", "o-1", new Random(2));
  private static final String KEYS = "keys:\n  %s\n  %s\n".formatted(CI.line(), OTHER.line());
  private static FakeEngine engine;

  @TempDir Path folder = Path.of("set by JUnit");
  private @Nullable Gateway gateway;

  @BeforeAll
  static void startTheEngine() {
    engine =
        FakeEngine.start(
            EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
                .withName("engine")
                .withModels("m", "dear"));
  }

  @AfterAll
  static void stopTheEngine() {
    HTTP.close();
    engine.close();
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  private GatewayConfig config(String extra) {
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        revokedKeys: "%s"
        pools: {chat: {models: [m, dear], replicas: ["http://127.0.0.1:%d"], probe: {timeout: 10s}}}
        """
            .formatted(folder.resolve("revoked.txt"), engine.port());
    return new ConfigLoader().parse(yaml + extra, "test", Path.of(""));
  }

  private void start(String extra) throws Exception {
    gateway = Gateway.start(config(extra));
  }

  private Gateway running() {
    return Objects.requireNonNull(gateway);
  }

  private static String body(String model, int maxTokens, boolean stream) {
    return """
    {"model":"%s","max_tokens":%d,"stream":%s,"ignore_eos":true,
     "messages":[{"role":"user","content":"hello"}]}
    """
        .formatted(model, maxTokens, stream);
  }

  private HttpRequest.Builder request(String path, String json) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running().port() + path))
        .timeout(Duration.ofSeconds(30))
        .header("content-type", "application/json")
        .POST(BodyPublishers.ofString(json));
  }

  private HttpResponse<String> chat(String... headers) throws Exception {
    return chat("m", 4, headers);
  }

  private HttpResponse<String> chat(String model, int maxTokens, String... headers)
      throws Exception {
    HttpRequest.Builder request = request("/v1/chat/completions", body(model, maxTokens, false));
    return HTTP.send(
        headers.length == 0 ? request.build() : request.headers(headers).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> asCi() throws Exception {
    return chat("authorization", "Bearer " + CI.key());
  }

  private HttpResponse<String> admin(String method, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running().adminPort() + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("error");
  }

  // keys

  @Test
  void aCallerWithoutAKeyOrWithAnUnknownOneIsToldSo() throws Exception {
    start(KEYS);
    for (HttpResponse<String> answer : List.of(chat(), chat("authorization", "Bearer fb-nobody"))) {
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(header(answer, "x-forebay-reason")).isEqualTo("invalid_api_key");
      assertThat(header(answer, "www-authenticate")).isEqualTo("Bearer");
      assertThat(error(answer).path("code").asString()).isEqualTo("invalid_api_key");
      assertThat(error(answer).path("type").asString()).isEqualTo("invalid_request_error");
    }
    HttpResponse<String> messages =
        HTTP.send(request("/v1/messages", body("m", 4, false)).build(), BodyHandlers.ofString());
    assertThat(messages.statusCode()).isEqualTo(401);
    assertThat(error(messages).path("type").asString()).isEqualTo("authentication_error");
  }

  @Test
  void aKeyComesInByAnyOfThreeHeaders() throws Exception {
    start(KEYS);
    assertThat(asCi().statusCode()).isEqualTo(200);
    assertThat(chat("x-api-key", CI.key()).statusCode()).isEqualTo(200);
    assertThat(chat("api-key", OTHER.key()).statusCode()).isEqualTo(200);
    assertThat(chat("authorization", "bearer " + CI.key()).statusCode()).isEqualTo(200);
  }

  @Test
  void withoutKeysTheDoorIsOpenAsBefore() throws Exception {
    start("");
    assertThat(chat().statusCode()).isEqualTo(200);
    assertThat(chat("authorization", "Bearer whatever").statusCode()).isEqualTo(200);
  }

  @Test
  void aPriorityThatIsNoneIsNamed() throws Exception {
    start("");
    HttpResponse<String> answer = chat("x-forebay-priority", "urgent");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("x-forebay-priority must be 0, 1, 2 or 3, was urgent");
    assertThat(chat("x-forebay-priority", "3").statusCode()).isEqualTo(200);
  }

  @Test
  void aRevokedKeyIsRefusedAtOnceAndAfterARestart() throws Exception {
    start(KEYS);
    assertThat(asCi().statusCode()).isEqualTo(200);
    assertThat(admin("DELETE", "/admin/keys/ci").statusCode()).isEqualTo(200);
    assertThat(asCi().statusCode()).isEqualTo(401);
    assertThat(chat("api-key", OTHER.key()).statusCode()).isEqualTo(200);
    String list = admin("GET", "/admin/keys").body();
    assertThat(list)
        .contains("\"ci\"", "\"acme\"", "\"o-1\"")
        .doesNotContain(CI.config().hash().value());
    assertThat(JsonMapper.shared().readTree(list).at("/keys/0/revoked").asBoolean()).isTrue();
    assertThat(JsonMapper.shared().readTree(list).at("/keys/1/revoked").asBoolean()).isFalse();
    assertThat(admin("DELETE", "/admin/keys/nobody").statusCode()).isEqualTo(404);
    running().close();

    start(KEYS);
    assertThat(asCi().statusCode()).isEqualTo(401);
  }

  @Test
  void aRevocationThatCannotBeWrittenIsRefusedWithTheReason() throws Exception {
    start(KEYS);
    Files.createDirectory(folder.resolve("revoked.txt"));
    HttpResponse<String> answer = admin("DELETE", "/admin/keys/ci");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("Key ci is not revoked", "revoked.txt");
    assertThat(asCi().statusCode()).isEqualTo(200);
  }

  @Test
  void anotherTenantsResponseIsAsIfThereWereNone() throws Exception {
    start(KEYS);
    HttpResponse<String> made =
        HTTP.send(
            request("/v1/responses", "{\"model\":\"m\",\"max_output_tokens\":4,\"input\":\"hi\"}")
                .header("api-key", CI.key())
                .build(),
            BodyHandlers.ofString());
    String path =
        "/v1/responses/" + JsonMapper.shared().readTree(made.body()).path("id").asString();
    assertThat(get(path, CI).statusCode()).isEqualTo(200);
    HttpResponse<String> others = get(path, OTHER);
    assertThat(others.statusCode()).isEqualTo(404);
    assertThat(header(others, "x-forebay-reason")).isEqualTo("object_not_found");
    assertThat(header(others, "x-forebay-replica")).as("nobody was asked").isEmpty();
    assertThat(get(path, CI).statusCode()).isEqualTo(200);
  }

  @Test
  void aTenantIsShownTheModelsThatItMayCall() throws Exception {
    start(KEYS + "aliases: {cheap: m, good: dear}\nlimits: {tenants: {acme: {models: [m]}}}\n");
    assertThat(ids(get("/v1/models", CI))).containsExactly("m", "cheap");
    assertThat(ids(get("/v1/models", OTHER))).containsExactly("m", "dear", "cheap", "good");
    assertThat(get("/v1/models/m", CI).statusCode()).isEqualTo(200);
    assertThat(get("/v1/models/good", CI).statusCode()).isEqualTo(404);
    assertThat(get("/v1/models/good", OTHER).statusCode()).isEqualTo(200);
  }

  private static List<String> ids(HttpResponse<String> models) {
    return JsonMapper.shared()
        .readTree(models.body())
        .path("data")
        .valueStream()
        .map(model -> model.path("id").asString())
        .toList();
  }

  private HttpResponse<String> get(String path, NewKey key) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running().port() + path))
            .timeout(Duration.ofSeconds(30))
            .header("api-key", key.key())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void aDoorThatBecomesOpenIsWarnedOf() throws Exception {
    var log = new ListAppender<ILoggingEvent>();
    var logger = (Logger) LoggerFactory.getLogger(Gateway.class);
    log.start();
    logger.addAppender(log);
    try {
      start(KEYS);
      running().reload(config("retry: {attempts: 2}\n"));
      assertThat(chat().statusCode()).isEqualTo(200);
      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .singleElement()
          .asString()
          .startsWith("keys is empty and was not before");
      running().close();
      log.list.clear();
      Files.writeString(folder.resolve("revoked.txt"), "ci\n");
      start("");
      assertThat(log.list).as("keys were revoked once, so there were some").hasSize(1);
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  void tenantsAreShownWithWhatTheyHaveLeft() throws Exception {
    start(
        KEYS
            + "limits: {models: {m: {input: 1, output: 1}}, tenants: {acme: {limits: {requests:"
            + " [{rate: 1/d, burst: 4}]}, budget: {amount: 5}}}}\n");
    assertThat(asCi().statusCode()).isEqualTo(200);
    assertThat(asCi().statusCode()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          JsonNode acme =
              JsonMapper.shared().readTree(admin("GET", "/admin/tenants").body()).at("/tenants/0");
          assertThat(acme.path("tenant").asString()).isEqualTo("acme");
          assertThat(acme.at("/limits/0/limit").asString()).isEqualTo("requests 1/d burst 4");
          assertThat(acme.at("/limits/0/left").asInt()).isEqualTo(3);
          assertThat(acme.at("/limits/0/passed").asInt()).isEqualTo(2);
          assertThat(acme.path("tokens").asInt()).isPositive();
          assertThat(acme.at("/budget/set_aside").asString()).isEqualTo("0");
          assertThat(acme.at("/budget/left").asString()).startsWith("4.9999");
        });
  }

  // limits

  @Test
  void aLimitedCallerSeesWhatIsLeftAndThenWhichLimitRefusesForHowLong() throws Exception {
    start(
        KEYS
            + """
            limits:
              tenants:
                acme: {limits: {requests: [{rate: 6/min, burst: 1}], tokens: [{rate: 60000/min, burst: 9000}]}}
                other:
            """);
    HttpResponse<String> first = asCi();
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(header(first, "x-ratelimit-limit-requests")).isEqualTo("2");
    assertThat(header(first, "x-ratelimit-remaining-requests")).isEqualTo("1");
    assertThat(header(first, "x-ratelimit-reset-requests")).isEqualTo("10s");
    assertThat(header(first, "x-ratelimit-limit-tokens")).isEqualTo("9000");
    assertThat(header(first, "x-ratelimit-remaining-tokens")).startsWith("89");
    assertThat(asCi().statusCode()).isEqualTo(200);

    HttpResponse<String> refused = asCi();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "x-forebay-reason")).isEqualTo("rate_limit_exceeded");
    assertThat(header(refused, "x-ratelimit-remaining-requests")).isEqualTo("0");
    assertThat(error(refused).path("message").asString())
        .contains("requests 6/min burst 1 for tenant acme", "try again in");
    long millis = Long.parseLong(header(refused, "retry-after-ms"));
    assertThat(millis).isBetween(1L, 11_000L);
    assertThat(Long.parseLong(header(refused, "retry-after"))).isEqualTo((millis + 999) / 1000);
    assertThat(header(refused, "x-should-retry")).isEmpty();

    HttpResponse<String> other = chat("api-key", OTHER.key());
    assertThat(other.statusCode()).as("another tenant").isEqualTo(200);
    assertThat(header(other, "x-ratelimit-limit-requests")).isEmpty();
  }

  @Test
  void aWaitThatClientsWouldIgnoreIsNotToBeRetried() throws Exception {
    start("limits: {global: {requests: [{rate: 1/d}]}}\n");
    assertThat(chat().statusCode()).isEqualTo(200);
    HttpResponse<String> refused = chat();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "x-should-retry")).isEqualTo("false");
    assertThat(refused.body()).contains("for all callers together");
    assertThat(header(refused, "x-ratelimit-limit-requests"))
        .as("limits that are shared are not told")
        .isEmpty();
  }

  @Test
  void whatCanNeverFitIs400AndAForbiddenModelIs403() throws Exception {
    start(
        KEYS
            + "limits: {tenants: {acme: {models: [m], limits: {tokens: [{rate: 900/min, burst:"
            + " 900}]}}}}\n");
    HttpResponse<String> dear = chat("dear", 4, "api-key", CI.key());
    assertThat(dear.statusCode()).isEqualTo(403);
    assertThat(error(dear).path("message").asString())
        .isEqualTo("tenant acme may not call model dear");
    assertThat(
            running()
                .reload(
                    config(
                        KEYS
                            + "limits: {tenants: {acme: {limits: {tokens: [{rate: 10/min, burst:"
                            + " 10}]}}}}\n")))
        .isInstanceOf(Reloaded.Switched.class);
    HttpResponse<String> tooLarge = chat("m", 500, "api-key", CI.key());
    assertThat(tooLarge.statusCode()).isEqualTo(400);
    assertThat(tooLarge.body()).contains("more than can ever pass", "for tenant acme");
    assertThat(header(tooLarge, "retry-after")).isEmpty();
  }

  @Test
  void whatWasTakenOutlivesTwentyReloads() throws Exception {
    start("limits: {global: {requests: [{rate: 3/h, burst: 2}]}}\n");
    assertThat(chat().statusCode()).isEqualTo(200);
    for (int i = 1; i <= 20; i++) {
      GatewayConfig next =
          config(
              "limits: {outputTokens: %d, global: {requests: [{rate: 3/h, burst: 2}]}}\n"
                  .formatted(700 + i));
      assertThat(running().reload(next)).isInstanceOf(Reloaded.Switched.class);
    }
    assertThat(chat().statusCode()).isEqualTo(200);
    assertThat(chat().statusCode()).isEqualTo(200);
    assertThat(chat().statusCode()).isEqualTo(429);
  }

  @Test
  void aCancelledStreamGivesBackItsPermitAndTheTokensThatItDidNotUse() throws Exception {
    start(
        KEYS
            + "limits: {tenants: {acme: {limits: {tokens: [{rate: 1/h, burst: 1000}], concurrency:"
            + " [{most: 1}]}}}}\n");
    HttpResponse<InputStream> stream =
        HTTP.send(
            request("/v1/chat/completions", body("m", 690, true))
                .header("api-key", CI.key())
                .build(),
            BodyHandlers.ofInputStream());
    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(stream.body().read()).isPositive();
    HttpResponse<String> second = asCi();
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(header(second, "x-forebay-reason")).isEqualTo("concurrency_limit_exceeded");
    JsonNode held = JsonMapper.shared().readTree(admin("GET", "/admin/permits").body());
    assertThat(held.at("/limits/0/held").asInt()).isEqualTo(1);
    assertThat(held.at("/limits/0/owner").asString()).isEqualTo(header(stream, "x-request-id"));
    assertThat(held.at("/difference").asInt()).isZero();

    stream.body().close();

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(
                    JsonMapper.shared()
                        .readTree(admin("GET", "/admin/permits").body())
                        .at("/limits/0/held")
                        .asInt(-1))
                .isZero());
    HttpResponse<String> third = asCi();
    assertThat(third.statusCode()).isEqualTo(200);
    assertThat(Integer.parseInt(header(third, "x-ratelimit-remaining-tokens")))
        .as("of 1000, had the stream kept what was taken at first, fewer than 310 were left")
        .isBetween(400, 999);
  }

  @Test
  void aLimitInShadowLetsPassAndIsCounted() throws Exception {
    start("limits: {global: {requests: [{rate: 1/d, shadow: true}]}}\n");
    for (int i = 0; i < 3; i++) {
      assertThat(chat().statusCode()).isEqualTo(200);
    }
    assertThat(admin("GET", "/metrics").body())
        .contains(
            "forebay_limit_would_refuse_total{level=\"global\",limit=\"requests 1/d burst 0\"} 2.0",
            "forebay_limit_refused_total{level=\"global\",limit=\"requests 1/d burst 0\"} 0.0",
            "forebay_permits_difference 0.0");
  }

  @Test
  void openAisOwnClientSeesItsOwnExceptions() throws Exception {
    start(KEYS + "limits: {tenants: {acme: {limits: {requests: [{rate: 1/h}]}}}}\n");
    try (OpenAiCaller known = new OpenAiCaller(CI.key());
        OpenAiCaller stranger = new OpenAiCaller("fb-stranger")) {
      known.ask();
      assertThatThrownBy(known::ask)
          .isInstanceOfSatisfying(
              RateLimitException.class, e -> assertThat(e.code()).contains("rate_limit_exceeded"));
      assertThatThrownBy(stranger::ask)
          .isInstanceOfSatisfying(
              UnauthorizedException.class, e -> assertThat(e.code()).contains("invalid_api_key"));
    }
  }

  private final class OpenAiCaller implements AutoCloseable {
    private final OpenAIClient client;

    OpenAiCaller(String key) {
      client =
          OpenAIOkHttpClient.builder()
              .baseUrl("http://127.0.0.1:" + running().port() + "/v1")
              .apiKey(key)
              .maxRetries(2)
              .build();
    }

    void ask() {
      client
          .chat()
          .completions()
          .create(
              ChatCompletionCreateParams.builder()
                  .model("m")
                  .maxCompletionTokens(4)
                  .addUserMessage("hello")
                  .build());
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
