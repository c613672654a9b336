package dev.forebay.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.lab.chaos.Rig;
import dev.forebay.lab.engine.EngineObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls that name what an earlier call had made reach the engine that made it, on real sockets.
@Timeout(120)
class StoredObjectsTest {
  private static final Pattern ID = Pattern.compile("\"id\":\"((resp_|chatcmpl-)[^\"]+)\"");
  private static final int REPLICAS = 3;

  /// A machine that is busy shall not make a replica seem dead, and one that comes back after a
  /// test takes its full share in the next.
  private static final String PATIENT =
      "poolDefaults: {probe: {timeout: 10s}}\ngpu: {slowStart: 0s}\n";

  private static final int CREATES = 200;

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static Rig rig;
  private static List<Replica> all = List.of();

  /// @param engine that made it
  private record Made(String path, String id, String engine) {}

  @BeforeAll
  static void start() throws Exception {
    rig = new Rig(REPLICAS, EngineObserver.NONE, config -> config.withTimeScale(100), PATIENT);
    all = pool().replicas();
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    rig.close();
  }

  @AfterEach
  void everyReplicaIsBack() {
    pool().replicas(all);
    rig.engines().forEach(engine -> engine.revive());
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> all.stream().noneMatch(replica -> replica.health().down()));
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> rig.gateway().holding().calls() == 0 && rig.gateway().holding().work() == 0);
  }

  @Test
  void everyFollowUpReachesTheEngineThatMadeTheObject() throws Exception {
    Random random = new Random(42);
    List<Made> made = new ArrayList<>();
    for (int i = 0; i < CREATES; i++) {
      made.add(make(random, made));
    }
    assertThat(made.stream().map(Made::engine).distinct()).hasSize(REPLICAS);
    Collections.shuffle(made, random);
    for (Made it : made) {
      String base = (random.nextBoolean() ? "/v1" : "") + it.path() + "/" + it.id();
      boolean response = it.path().equals("/responses");
      assertReaches(it, send("GET", base, ""));
      switch (random.nextInt(4)) {
        case 0 ->
            assertReaches(it, send("GET", base + (response ? "/input_items" : "/messages"), ""));
        case 1 -> assertReaches(it, send("POST", response ? base + "/cancel" : base, "{}"));
        case 2 -> {
          if (response) {
            HttpResponse<String> stream = send("GET", base + "?stream=true&starting_after=2", "");
            assertReaches(it, stream);
            assertThat(stream.body())
                .startsWith("event: response.")
                .contains("\"sequence_number\":3")
                .doesNotContain("\"sequence_number\":2,")
                .contains("event: response.incomplete");
          }
        }
        default -> {
          assertReaches(it, send("DELETE", base, ""));
          HttpResponse<String> gone = send("GET", base, "");
          assertThat(gone.statusCode()).isEqualTo(404);
          assertThat(engine(gone)).isEqualTo(it.engine());
          assertThat(error(gone).path("message").asString()).contains(it.id(), "not found");
        }
      }
    }
  }

  /// Plain, streamed, going on from an earlier one, or a completion that is to be stored.
  private static Made make(Random random, List<Made> before) throws Exception {
    boolean stream = random.nextBoolean();
    if (random.nextInt(4) == 0) {
      return made("/chat/completions", chat("\"store\":true,\"stream\":" + stream));
    }
    List<Made> responses = before.stream().filter(it -> it.path().equals("/responses")).toList();
    if (responses.isEmpty() || random.nextInt(3) > 0) {
      return made("/responses", respond("\"stream\":" + stream));
    }
    Made previous = responses.get(random.nextInt(responses.size()));
    HttpResponse<String> next =
        respond("\"previous_response_id\":\"" + previous.id() + "\",\"stream\":" + stream);
    assertReaches(previous, next);
    return made("/responses", next);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/responses/resp_unknown",
        "/responses/resp_unknown/input_items",
        "/v1/responses/resp_unknown?stream=true&starting_after=3",
        "/v1/chat/completions/chatcmpl-unknown",
        "/chat/completions/chatcmpl-unknown/messages"
      })
  void anUnknownIdTouchesNoEngine(String path) throws Exception {
    assertNotFound(send("GET", path, ""), "object_not_found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/responses/..", "/v1/responses/a%2fb"})
  void anIdThatAnEngineCouldReadAsAnotherPathTouchesNoEngine(String path) throws Exception {
    HttpResponse<String> answer = send("GET", path, "");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("x-forebay-replica")).isEmpty();
  }

  @Test
  void anUnknownPreviousResponseTouchesNoEngine() throws Exception {
    HttpResponse<String> answer = respond("\"previous_response_id\":\"resp_unknown\"");
    assertNotFound(answer, "previous_response_not_found");
    assertThat(error(answer).path("message").asString()).contains("resp_unknown");
    assertThat(error(answer).path("param").asString()).isEqualTo("previous_response_id");
  }

  @Test
  void aPreviousResponseThatCanBeNoIdIsRefusedByName() throws Exception {
    HttpResponse<String> answer = respond("\"previous_response_id\":\"a b\"");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(error(answer).path("param").asString()).isEqualTo("previous_response_id");
  }

  @Test
  void aChatThatIsNotStoredIsNotRemembered() throws Exception {
    Made it = made("/chat/completions", chat("\"stream\":false"));
    assertNotFound(send("GET", "/v1/chat/completions/" + it.id(), ""), "object_not_found");
  }

  @Test
  void whatAReplicaMadeLeavesWithIt() throws Exception {
    Made it = made("/responses", respond("\"stream\":false"));
    pool().replicas(all.stream().filter(replica -> !replica.name().equals(it.engine())).toList());
    HttpResponse<String> gone = send("GET", "/v1/responses/" + it.id(), "");
    assertNotFound(gone, "object_not_found");
    assertThat(error(gone).path("message").asString()).contains(it.id(), it.engine());
    assertNotFound(
        respond("\"previous_response_id\":\"" + it.id() + "\""), "previous_response_not_found");
  }

  @Test
  void whileItsReplicaIsDownAnObjectIsUnavailableAndNotLost() throws Exception {
    Made it = made("/responses", respond("\"stream\":false"));
    Replica maker = maker(it);
    rig.engines().stream().filter(e -> e.name().equals(it.engine())).forEach(e -> e.die());
    await().atMost(Duration.ofSeconds(10)).until(() -> maker.health().down());
    HttpResponse<String> down = send("GET", "/v1/responses/" + it.id(), "");
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(reason(down)).isEqualTo("replica_down");
    assertThat(down.headers().firstValue("retry-after")).isPresent();

    rig.engines().forEach(engine -> engine.revive());
    await().atMost(Duration.ofSeconds(10)).until(() -> !maker.health().down());
    assertReaches(it, send("GET", "/v1/responses/" + it.id(), ""));
  }

  @Test
  void anEjectedReplicaIsStillAskedForWhatItMade() throws Exception {
    Made it = made("/responses", respond("\"stream\":false"));
    Replica maker = maker(it);
    maker.health().eject(System.nanoTime(), Duration.ofMinutes(1).toNanos(), Long.MAX_VALUE);
    assertReaches(it, send("GET", "/v1/responses/" + it.id(), ""));
    maker.health().markDown(0, 0); // the next probe brings it back, and ends the ejection
  }

  @Test
  void afterARestartTheOnlyReplicaIsAskedForWhatNobodyRemembers() throws Exception {
    try (Rig single =
        new Rig(1, EngineObserver.NONE, config -> config.withTimeScale(100), PATIENT)) {
      URI engine = URI.create("http://127.0.0.1:" + single.engine(0).port());
      String id = id(send(engine, "POST", "/v1/responses", body("\"stream\":false")));
      URI gateway = URI.create("http://127.0.0.1:" + single.gateway().port());
      assertThat(send(gateway, "GET", "/v1/responses/" + id, "").statusCode()).isEqualTo(200);
      assertThat(
              send(
                      gateway,
                      "POST",
                      "/v1/responses",
                      body("\"previous_response_id\":\"" + id + "\""))
                  .statusCode())
          .isEqualTo(200);
      HttpResponse<String> unknown = send(gateway, "GET", "/v1/responses/resp_unknown", "");
      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(engine(unknown)).isEqualTo("engine-0");
    }
  }

  @Test
  void aMethodThatThereIsNotIsToldSo() throws Exception {
    HttpResponse<String> answer = send("PUT", "/v1/responses/resp_1", "{}");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD, DELETE, OPTIONS");
    assertThat(send("POST", "/v1/responses/input_tokens", "{}").statusCode()).isEqualTo(404);
  }

  private static void assertReaches(Made it, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(engine(answer)).isEqualTo(it.engine());
    assertThat(answer.headers().firstValue("x-forebay-replica")).contains(it.engine());
    assertThat(answer.headers().firstValue("x-forebay-attempts")).contains("1");
    assertThat(answer.headers().firstValue("x-request-id")).isPresent();
  }

  private static void assertNotFound(HttpResponse<String> answer, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
    assertThat(answer.headers().firstValue("x-engine-id")).isEmpty();
    assertThat(answer.headers().firstValue("x-forebay-replica")).isEmpty();
    assertThat(reason(answer)).isEqualTo(code);
    assertThat(error(answer).path("code").asString()).isEqualTo(code);
    assertThat(error(answer).path("type").asString()).isEqualTo("invalid_request_error");
  }

  private static Replica maker(Made it) {
    return Objects.requireNonNull(pool().replica(it.engine()));
  }

  private static Pool pool() {
    return rig.gateway().pools().getFirst();
  }

  private static Made made(String path, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new Made(path, id(answer), engine(answer));
  }

  private static String id(HttpResponse<String> answer) {
    Matcher id = ID.matcher(answer.body());
    assertThat(id.find()).as(answer.body()).isTrue();
    return id.group(1);
  }

  private static String engine(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-engine-id").orElse("none");
  }

  private static String reason(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-forebay-reason").orElse("none");
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("error");
  }

  private static HttpResponse<String> respond(String fields) throws Exception {
    return send("POST", "/v1/responses", body(fields));
  }

  private static HttpResponse<String> chat(String fields) throws Exception {
    return send(
        "POST",
        "/v1/chat/completions",
        "{\"model\":\"%s\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],%s}"
            .formatted(Rig.MODEL, fields));
  }

  private static String body(String fields) {
    return "{\"model\":\"%s\",\"max_output_tokens\":5,\"input\":\"Hi\",%s}"
        .formatted(Rig.MODEL, fields);
  }

  private static HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(URI.create("http://127.0.0.1:" + rig.gateway().port()), method, path, body);
  }

  private static HttpResponse<String> send(URI base, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(20))
            .header("content-type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, BodyHandlers.ofString());
  }
}
