package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class FaultsTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CHAT = "/v1/chat/completions";
  private static final String PLAIN = FakeEngineTest.chat("\"max_tokens\":20");
  private static final String STREAM = FakeEngineTest.chat("\"max_tokens\":20,\"stream\":true");

  private final Watcher watcher = new Watcher();
  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeEngine engine =
      FakeEngine.start(
          EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
              .withModels("m")
              .withTimeScale(200),
          watcher);

  @AfterEach
  void stop() {
    http.close();
    engine.close();
  }

  @Test
  void rejectsWithStatusAndRetryAfter() throws Exception {
    engine.faults(Faults.always(new Fault.Reject(503, Duration.ofMillis(1_500))));
    var busy = post(CHAT, PLAIN);
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.headers().firstValue("retry-after")).contains("2");
    engine.faults(Faults.always(new Fault.Reject(529)));
    var overloaded = post("/v1/messages", STREAM);
    assertThat(overloaded.statusCode()).isEqualTo(529);
    assertThat(overloaded.headers().firstValue("retry-after")).isEmpty();
    assertThat(JSON.readTree(overloaded.body()).at("/error/type").asString())
        .isEqualTo("overloaded_error");
    engine.faults(Faults.none());
    assertThat(post(CHAT, PLAIN).statusCode()).isEqualTo(200);
  }

  @Test
  void strikesAsOftenAsItsProbabilityAndTheSameRequestsForTheSameSeed() throws Exception {
    var faults = Faults.none().withSeed(5).with(new Fault.Reject(500), 0.5);
    assertThat(statuses(faults)).isEqualTo(statuses(faults)).contains("200").contains("500");
  }

  @Test
  void keepsAlivePlainAnswersWithBlankLinesAndStreamsWithComments() throws Exception {
    engine.faults(
        Faults.always(new Fault.KeepAlive(Duration.ofSeconds(2)))
            .with(new Fault.SlowStart(Duration.ofSeconds(20))));
    var plain = post(CHAT, PLAIN).body();
    assertThat(plain).startsWith("\n\n");
    assertThat(JSON.readTree(plain).at("/choices/0/message/content").asString())
        .isEqualTo(watcher.text("r1"));
    var stream = post(CHAT, STREAM).body();
    assertThat(stream).startsWith(": keep-alive\n\n: keep-alive\n\n").endsWith("[DONE]\n\n");
  }

  @Test
  void stallsButKeepsTheConnectionOpen() throws Exception {
    engine.faults(Faults.always(new Fault.Stall(4)));
    try (var client = new Client(engine.port())) {
      client.post(CHAT, STREAM, "x-request-id: r1\r\n");
      for (int i = 0; i < 5; i++) {
        assertThat(client.until("\n\n")).contains(i == 0 ? "HTTP/1.1 200" : "data: ");
      }
    }
    assertThat(watcher.nextEnd()).isEqualTo("r1 aborted");
  }

  @Test
  void cutsAStreamWithFinOrReset() throws Exception {
    engine.faults(Faults.always(new Fault.Cut(4, false)));
    try (var client = new Client(engine.port())) {
      var cut = client.post(CHAT, STREAM).untilClosed();
      assertThat(FakeEngineTest.events(cut)).hasSize(1 + 4);
      assertThat(cut).doesNotContain("[DONE]\n");
    }
    assertThat(watcher.nextEnd()).endsWith("fault:cut");
    engine.faults(Faults.always(new Fault.Cut(0, true)));
    try (var client = new Client(engine.port())) {
      client.post(CHAT, STREAM);
      assertThatThrownBy(client::untilClosed).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void cutsAPlainAnswerInHalf() throws Exception {
    engine.faults(Faults.always(new Fault.Cut(1, false)));
    assertThatThrownBy(() -> post(CHAT, PLAIN)).isInstanceOf(IOException.class);
    assertThat(watcher.nextEnd()).isEqualTo("r1 fault:cut");
  }

  @Test
  void answersNothingOrOnlyBlankLines() throws Exception {
    engine.faults(Faults.always(new Fault.EmptyBody()));
    assertThat(post(CHAT, PLAIN).body()).isEmpty();
    engine.faults(Faults.always(new Fault.BlankBody()));
    var blank = post(CHAT, PLAIN);
    assertThat(blank.statusCode()).isEqualTo(200);
    assertThat(blank.body()).isEqualTo("\n\n");
  }

  @Test
  void sendsAnErrorWithinAStreamBeforeOrAfterContent() throws Exception {
    engine.faults(Faults.always(new Fault.ErrorEvent(0)));
    var early = FakeEngineTest.events(post(CHAT, STREAM).body());
    assertThat(early).hasSize(2);
    assertThat(early.getFirst()).startsWith("{\"error\":");
    engine.faults(Faults.always(new Fault.ErrorEvent(3)));
    assertThat(FakeEngineTest.events(post(CHAT, STREAM).body())).hasSize(1 + 3 + 2);
    assertThat(post("/v1/messages", STREAM).body()).contains("event: error\ndata: ");
    assertThat(post(CHAT, PLAIN).statusCode()).isEqualTo(500);
    assertThat(engine.readings().kvUsage()).isZero();
  }

  @Test
  void breaksOffForLackOfResources() throws Exception {
    engine.faults(Faults.always(new Fault.OutOfResources(6)));
    var choice = JSON.readTree(post(CHAT, PLAIN).body());
    assertThat(choice.at("/choices/0/finish_reason").asString())
        .isEqualTo("insufficient_system_resource");
    assertThat(choice.at("/usage/completion_tokens").asInt()).isEqualTo(6);
    assertThat(post(CHAT, STREAM).body()).contains("insufficient_system_resource");
  }

  @Test
  void compressesUnasked() throws Exception {
    engine.faults(Faults.always(new Fault.Gzip()));
    for (var asked : new String[] {PLAIN, STREAM}) {
      var response = http.send(request(CHAT, asked), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
      try (var gzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
        assertThat(new String(gzip.readAllBytes(), StandardCharsets.UTF_8))
            .contains("\"finish_reason\":\"length\"");
      }
    }
  }

  @Test
  void endsAnswersByClosing() throws Exception {
    engine.faults(Faults.always(new Fault.CloseDelimited()));
    for (var asked : new String[] {PLAIN, STREAM}) {
      try (var client = new Client(engine.port())) {
        assertThat(client.post(CHAT, asked).untilClosed())
            .doesNotContain("content-length:", "transfer-encoding:")
            .contains("\"finish_reason\":\"length\"");
      }
    }
  }

  @Test
  void streamsWithAContentLength() throws Exception {
    engine.faults(Faults.always(new Fault.LengthDelimited()));
    for (var path : new String[] {CHAT, "/v1/messages"}) {
      var response = post(path, STREAM);
      long length = response.headers().firstValueAsLong("content-length").orElseThrow();
      assertThat(response.body().getBytes(StandardCharsets.UTF_8)).hasSize((int) length);
    }
  }

  @Test
  void readsARequestSlowly() throws Exception {
    engine.faults(Faults.always(new Fault.SlowRead(4_000, Duration.ofSeconds(4))));
    var asked = PLAIN.replace("Hello", "Hello ".repeat(20_000));
    long begun = System.nanoTime();
    assertThat(post(CHAT, asked).statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(150));
  }

  @Test
  void diesWithAllItsConnectionsAndComesBackOnItsPort() throws Exception {
    engine.faults(Faults.always(new Fault.Stall(1)));
    int port = engine.port();
    try (var client = new Client(port)) {
      client.post(CHAT, STREAM, "x-request-id: r1\r\n").until("\n\n");
      engine.die();
      client.untilClosed();
      assertThat(watcher.nextEnd()).isEqualTo("r1 fault:died");
      assertThatThrownBy(() -> new Client(port)).isInstanceOf(ConnectException.class);
    }
    engine.faults(Faults.none());
    engine.revive();
    assertThat(engine.port()).isEqualTo(port);
    assertThat(post(CHAT, PLAIN).statusCode()).isEqualTo(200);
  }

  @Test
  void takesFaultsOverHttpAndShowsThem() throws Exception {
    var wanted =
        Faults.none()
            .withSeed(9)
            .with(new Fault.Reject(429, Duration.ofSeconds(3)), 0.25)
            .with(new Fault.KeepAlive(Duration.ofSeconds(15)))
            .with(new Fault.Cut(7, true), 0.5);
    var json = JSON.writeValueAsString(wanted);
    assertThat(post("/engine/faults", json).statusCode()).isEqualTo(200);
    assertThat(engine.faults()).isEqualTo(wanted);
    var byHand =
        """
        {"seed":1,"chances":[{"probability":1,"fault":{"kind":"reject","status":503}}]}\
        """;
    post("/engine/faults", byHand);
    assertThat(engine.faults()).isEqualTo(Faults.always(new Fault.Reject(503)));
    assertThat(post(CHAT, PLAIN).statusCode()).isEqualTo(503);
    assertThat(post("/engine/faults", "{\"chances\":1}").statusCode()).isEqualTo(400);
    try (var client = new Client(engine.port())) {
      assertThat(client.get("/engine/faults").until("}]}")).contains("\"kind\":\"reject\"");
    }
  }

  @Test
  void refusesFaultsThatCannotBe() {
    assertThatThrownBy(() -> Faults.none().with(new Fault.EmptyBody(), 1.5))
        .hasMessage("probability must be in [0, 1], was 1.5");
    assertThatThrownBy(() -> new Fault.Reject(200))
        .hasMessage("status must be in [400, 599], was 200");
    assertThat(Faults.always(new Fault.Gzip()).without(Fault.Gzip.class)).isEqualTo(Faults.none());
  }

  private String statuses(Faults faults) throws IOException, InterruptedException {
    engine.faults(faults);
    var statuses = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      statuses.append(post(CHAT, PLAIN).statusCode()).append(' ');
    }
    return statuses.toString();
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return http.send(request(path, body), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + engine.port() + path))
        .header("x-request-id", "r1")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }
}
