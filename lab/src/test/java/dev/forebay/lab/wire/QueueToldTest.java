package dev.forebay.lab.wire;

import static dev.forebay.lab.wire.ScriptedUpstream.chunk;
import static dev.forebay.lab.wire.ScriptedUpstream.chunkedHead;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A caller who waits is told where it stands, on real sockets before a replica that serves one
/// call at a time, each when the test lets it.
@Timeout(60)
class QueueToldTest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String[] ASKS = {"x-forebay-queue-progress", "comments"};
  private static final String COMMENT = ": queued position=\\d+( eta_ms=\\d+)?\n\n";
  private static final String ANSWER =
      """
      data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"an"},"finish_reason":null}]}

      data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":" answer"},"finish_reason":"stop"}]}

      data: [DONE]

      """;

  private final Semaphore served = new Semaphore(0);
  private ScriptedUpstream upstream;

  @BeforeEach
  void start() throws Exception {
    upstream =
        new ScriptedUpstream(_ -> {
          served.acquireUninterruptibly();
          return List.of(chunkedHead(), chunk(ANSWER), "0\r\n\r\n");
        });
  }

  @AfterEach
  void stop() throws Exception {
    upstream.close();
  }

  private Gateway gateway(String http, String queue) throws Exception {
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s%s}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        accounts: {one: {concurrency: 1}}
        pools: {chat: {models: [m], account: one, streamUsage: leave, replicas: ["http://127.0.0.1:%d"]}}
        queue: {%s}
        """
            .formatted(http, upstream.port(), queue);
    return Gateway.start(new ConfigLoader().parse(yaml, "test", Path.of("")));
  }

  private static CompletableFuture<HttpResponse<String>> call(Gateway gateway, String... headers) {
    var request =
        HttpRequest.newBuilder(v1(gateway).resolve("/v1/chat/completions"))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString("{\"model\":\"m\",\"stream\":true}"));
    return HTTP.sendAsync(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        BodyHandlers.ofString());
  }

  /// The one that is on the replica.
  private CompletableFuture<HttpResponse<String>> first(Gateway gateway) {
    int before = upstream.asked().size();
    CompletableFuture<HttpResponse<String>> running = call(gateway);
    await().until(() -> upstream.asked().size() > before);
    return running;
  }

  private static CompletableFuture<HttpResponse<String>> waiting(
      Gateway gateway, int calls, String... headers) {
    CompletableFuture<HttpResponse<String>> waits = call(gateway, headers);
    awaitWaiting(gateway, calls);
    return waits;
  }

  private static void awaitWaiting(Gateway gateway, int calls) {
    var asked = URI.create("http://127.0.0.1:" + gateway.adminPort() + "/metrics");
    String line = "forebay_queue_waiting{pool=\"chat\"} " + calls + ".0";
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() ->
            HTTP.send(HttpRequest.newBuilder(asked).build(), BodyHandlers.ofString())
                .body()
                .contains(line));
  }

  private static URI v1(Gateway gateway) {
    return URI.create("http://127.0.0.1:" + gateway.port() + "/v1");
  }

  private static OptionalLong told(HttpResponse<String> answer, String what) {
    return answer.headers().firstValueAsLong("x-forebay-queue-" + what);
  }

  @Test
  void whoWaitedIsToldWhereItStoodAndWhoDidNotIsNot() throws Exception {
    try (Gateway gateway = gateway("", "maxCalls: 2")) {
      var running = first(gateway);
      var next = waiting(gateway, 1);
      var last = waiting(gateway, 2);
      HttpResponse<String> refused = call(gateway).join();
      served.release(3);

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(told(refused, "position")).hasValue(3);
      assertThat(told(running.join(), "position")).isEmpty();
      assertThat(told(running.join(), "ms")).hasValue(0);
      assertThat(told(next.join(), "position")).hasValue(1);
      assertThat(told(next.join(), "ms").orElseThrow()).isPositive();
      assertThat(told(last.join(), "position")).hasValue(2);
      assertThat(last.join().body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void howLongItIsExpectedToWaitIsToldOnceThePoolWasSeenToWork() throws Exception {
    try (Gateway gateway = gateway("", "maxCalls: 9")) {
      var running = first(gateway);
      var next = waiting(gateway, 1);
      OptionalLong expected = OptionalLong.empty();
      while (expected.isEmpty()) {
        // Somebody waits all the time, so the pool is seen to take what it can.
        var last = waiting(gateway, 2);
        served.release();
        assertThat(running.join().body()).isEqualTo(ANSWER);
        expected = told(running.join(), "expected-ms");
        running = next;
        next = last;
      }
      assertThat(expected.getAsLong()).isLessThan(10_000);
      served.release(2);
      assertThat(next.join().body()).isEqualTo(running.join().body());
    }
  }

  /// Even though it is known neither how long that takes nor that anybody asked for a pause.
  @Test
  void aCallWaitsForAPlaceOnTheAccountForAsLongAsItMay() throws Exception {
    try (Gateway gateway = gateway("", "maxCalls: 9, patience: [2s, 2s, 2s, 2s]")) {
      var running = first(gateway);
      HttpResponse<String> refused = call(gateway).join();
      served.release();

      assertThat(told(refused, "ms").orElseThrow()).isGreaterThanOrEqualTo(1_900);
      assertThat(refused.headers().firstValue("x-forebay-reason")).hasValue("queue_timeout");
      assertThat(running.join().body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void commentsComeToWhoAsksAndTheAnswerBehindThemIsTheSame() throws Exception {
    try (Gateway gateway = gateway(", queueProgress: 100ms", "maxCalls: 9")) {
      var running = first(gateway);
      var quiet = waiting(gateway, 1);
      var asks = waiting(gateway, 2, ASKS);
      served.release(3);

      HttpResponse<String> answer = asks.join();
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(told(answer, "position")).hasValue(2);
      assertThat(told(answer, "ms")).as("nobody knew yet").isEmpty();
      assertThat(answer.body()).startsWith(": queued position=2\n\n").endsWith(ANSWER);
      assertThat(answer.body().replaceAll(COMMENT, "")).isEqualTo(ANSWER);
      assertThat(quiet.join().body()).isEqualTo(ANSWER);
      assertThat(running.join().body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void commentsGoOnUntilItStarts() throws Exception {
    try (Gateway gateway = gateway(", queueProgress: 100ms", "maxCalls: 9")) {
      var running = first(gateway);
      var request =
          HttpRequest.newBuilder(v1(gateway).resolve("/v1/chat/completions"))
              .header("content-type", "application/json")
              .headers(ASKS)
              .POST(BodyPublishers.ofString("{\"model\":\"m\",\"stream\":true}"))
              .build();
      var lines = HTTP.send(request, BodyHandlers.ofLines()).body().iterator();

      for (int i = 0; i < 5; i++) {
        assertThat(lines.next()).startsWith(": queued position=1");
        assertThat(lines.next()).isEmpty();
      }
      served.release(2);
      String line = lines.next();
      while (line.isEmpty() || line.startsWith(": queued")) {
        line = lines.next();
      }
      assertThat(line).isEqualTo(ANSWER.lines().findFirst().orElseThrow());
      assertThat(running.join().body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void nobodyIsToldWhereTheOperatorDoesNotAllowIt() throws Exception {
    try (Gateway gateway = gateway("", "maxCalls: 9")) {
      var running = first(gateway);
      var waits = waiting(gateway, 1, ASKS);
      served.release(2);

      assertThat(waits.join().body()).isEqualTo(ANSWER);
      assertThat(running.join().body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void whatBecomesOfItIsToldInTheStream() throws Exception {
    String impatient = "patience: [1s, 1s, 1s, 1s], earlyPercent: 100000";
    try (Gateway gateway = gateway(", queueProgress: 100ms", impatient)) {
      var running = first(gateway);
      HttpResponse<String> answer = call(gateway, ASKS).join();
      served.release();

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body().replaceAll(COMMENT, ""))
          .startsWith("event: error\ndata: {\"error\":")
          .contains("\"code\":\"queue_timeout\"")
          .endsWith("}}\n\n");
      assertThat(running.join().body()).isEqualTo(ANSWER);
    }
  }

  @Test
  void anOperatorIsToldWhereACallWaitsAndOnceItHasEndedThatItDid() throws Exception {
    try (Gateway gateway = gateway("", "maxCalls: 2")) {
      var running = first(gateway);
      var next = waiting(gateway, 1, "x-request-id", "next");
      var last = waiting(gateway, 2, "x-request-id", "last");

      JsonNode waits = explained(gateway, "last");
      assertThat(waits.path("waits_for").asString()).isEqualTo("chat");
      assertThat(waits.path("model").asString()).isEqualTo("m");
      assertThat(waits.at("/queue/position").asInt()).isEqualTo(2);
      last.cancel(true);
      awaitWaiting(gateway, 1);
      JsonNode left = explained(gateway, "last");
      assertThat(left.path("reason").asString()).isEqualTo("client_gone");
      assertThat(left.at("/attempts/0/queue/position").asInt()).isEqualTo(2);
      assertThat(left.at("/attempts/0/queue/waited_ms").asLong()).isPositive();

      served.release(2);
      next.join();
      JsonNode ended = explained(gateway, "next");
      assertThat(ended.path("status").asInt()).isEqualTo(200);
      assertThat(ended.at("/attempts/0/queue/position").asInt()).isEqualTo(1);
      assertThat(ended.at("/attempts/0/queue/waited_ms").asLong()).isPositive();
      assertThat(ended.at("/attempts/0/replica").asString()).isNotEmpty();
      String ran = running.join().headers().firstValue("x-request-id").orElseThrow();
      assertThat(explained(gateway, ran).at("/attempts/0/queue").isMissingNode()).isTrue();
    }
  }

  private static JsonNode explained(Gateway gateway, String id) {
    var page = URI.create("http://127.0.0.1:" + gateway.adminPort() + "/admin/explain/" + id);
    return await()
        .until(
            () ->
                JsonMapper.shared()
                    .readTree(
                        HTTP.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                            .body()),
            told -> !told.has("error"));
  }

  @Test
  void openAiForJavaReadsSuchAStreamAsAnyOther() throws Exception {
    try (Gateway gateway = gateway(", queueProgress: 100ms", "maxCalls: 9")) {
      var running = first(gateway);
      var client =
          OpenAIOkHttpClient.builder()
              .baseUrl(v1(gateway).toString())
              .apiKey("none")
              .putHeader(ASKS[0], ASKS[1])
              .maxRetries(0)
              .build();
      var params = ChatCompletionCreateParams.builder().model("m").addUserMessage("hi").build();
      var whole = ChatCompletionAccumulator.create();
      try (var stream = client.chat().completions().createStreaming(params)) {
        // The head is here, and the call waits still.
        awaitWaiting(gateway, 1);
        served.release(2);
        stream.stream().forEach(whole::accumulate);
      } finally {
        client.close();
      }

      assertThat(whole.chatCompletion().choices().getFirst().message().content())
          .hasValue("an answer");
      assertThat(running.join().body()).isEqualTo(ANSWER);
    }
  }
}
