package dev.forebay.lab.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.lab.recorded.HttpMessage.Header;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.ObjectMapper;

/// Nothing that a caller and OpenAI say to each other is changed on its way through the gateway.
@Timeout(120)
class RecordedExchangesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> HOP_BY_HOP =
      List.of("connection", "keep-alive", "content-length", "transfer-encoding");
  private static final List<String> TO_REPLICAS =
      List.of("host", "accept-encoding", "x-request-id", "content-length");
  private static final List<String> TO_CALLERS =
      List.of("x-request-id", "x-forebay-replica", "x-forebay-attempts", "x-forebay-queue-ms");

  /// The recordings of aliok/FauxpenAI-spec, Apache-2.0: what OpenAI's API was really asked in
  /// March 2025, and what it answered.
  @Test
  void whatOpenAiWasAskedAndAnsweredPassesByteForByte() throws Exception {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "FOREBAY_DATA is not set: the recordings are not replayed");
    Path folder = Path.of(data, "openai_api");
    List<RecordedExchange> exchanges =
        new ArrayList<>(
            RecordedExchange.readAll(
                folder.resolve("recorded_chatcompletions_a.jsonl.gz"), "/v1/chat/completions"));
    exchanges.addAll(
        RecordedExchange.readAll(
            folder.resolve("recorded_embeddings_a.jsonl.gz"), "/v1/embeddings"));

    Map<String, Integer> counts = replay(exchanges);

    System.out.println("recorded exchanges: " + exchanges.size() + ", " + counts);
    // What the gateway cannot read it refuses itself: rare, and never what OpenAI served.
    assertThat(count(counts, "refused")).isLessThan(exchanges.size() / 20);
    assertThat(count(counts, "unchanged 200"))
        .isEqualTo(exchanges.stream().filter(exchange -> exchange.status() == 200).count());
  }

  @Test
  void anAnswerPassesByteForByte() throws Exception {
    String answer =
        "{\"id\": \"chatcmpl-1\", \"choices\": [{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": \"前池 🌊\"}, \"finish_reason\": \"stop\"}]}";
    assertThat(replay(List.of(made(200, "{\"openai-version\": \"2020-10-01\"}", answer))))
        .containsExactly(Map.entry("unchanged 200", 1));
  }

  @Test
  void aStreamPassesByteForByte() throws Exception {
    String chunk =
        "{\"id\": \"chatcmpl-1\", \"choices\": [{\"index\": 0, \"delta\": {\"content\": \"前池 🌊\"}, \"finish_reason\": null}]}";
    String last =
        "{\"id\": \"chatcmpl-1\", \"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\"}]}";
    String headers = "{\"content-type\": \"text/event-stream; charset=utf-8\"}";
    List<RecordedExchange> streams =
        Stream.generate(() -> made(200, headers, "[" + chunk + "," + chunk + "," + last + "]"))
            .limit(50)
            .toList();

    assertThat(replay(streams)).containsExactly(Map.entry("unchanged 200 streamed", 50));
  }

  @Test
  void aRefusalPassesByteForByte() throws Exception {
    String refusal =
        "{\"error\": {\"message\": \"no\", \"type\": \"invalid_request_error\", \"param\": \"n\", \"code\": null}}";
    assertThat(
            replay(
                List.of(
                    made(400, "{\"x-ratelimit-remaining-requests\": \"9999\"}", refusal),
                    made(401, "{\"www-authenticate\": \"Bearer\"}", refusal),
                    made(404, "{}", refusal))))
        .containsOnlyKeys("unchanged 400", "unchanged 401", "unchanged 404");
  }

  @Test
  void overloadIsTriedElsewhereAndThenToldInTheGatewaysWords() throws Exception {
    String busy = "{\"error\": {\"message\": \"busy\"}}";
    assertThat(
            replay(
                List.of(
                    made(503, "{}", busy),
                    made(529, "{}", busy),
                    made(500, "{}", busy),
                    // the last, since the replicas are left alone for as long as they ask
                    made(429, "{\"retry-after\": \"7\"}", busy))))
        .isEqualTo(
            Map.of(
                "429 told as 503",
                1,
                "503 told as 503",
                1,
                "529 told as 503",
                1,
                "500 told as 502",
                1));
  }

  private static int count(Map<String, Integer> counts, String kind) {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().startsWith(kind))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /// Sends all of them through a gateway before two replicas, and counts what became of them.
  private static Map<String, Integer> replay(List<RecordedExchange> exchanges) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    try (ReplayUpstream first = new ReplayUpstream();
        ReplayUpstream second = new ReplayUpstream();
        Gateway gateway = gateway(exchanges, List.of(first, second));
        RecordedCaller caller = new RecordedCaller(gateway.port())) {
      for (int i = 0; i < exchanges.size(); i++) {
        RecordedExchange exchange = exchanges.get(i);
        first.replay(exchange, i);
        second.replay(exchange, i);
        String id = "recorded-" + i;
        HttpMessage answer = caller.ask(exchange, id);
        List<HttpMessage> received =
            Stream.concat(first.received().stream(), second.received().stream()).toList();
        received.forEach(request -> assertRequestUnchanged(exchange, id, request));
        assertThat(answer.header("x-request-id")).as(id).hasValue(id);
        counts.merge(verdict(exchange, received.size(), answer), 1, Integer::sum);
      }
      assertThat(gateway.holding().calls()).isZero();
      assertThat(gateway.holding().bodyBytes()).isZero();
    }
    return counts;
  }

  private static String verdict(RecordedExchange exchange, int tries, HttpMessage answer) {
    int told = answer.status();
    if (answer.header("x-forebay-reason").isEmpty()) {
      assertThat(tries).isEqualTo(1);
      assertAnswerUnchanged(exchange, answer);
      return "unchanged " + told + (exchange.streamed() ? " streamed" : "");
    }
    if (exchange.overloadOrFault()) {
      assertOverloadIsToldAsPromised(exchange, tries, answer);
      return exchange.status() + " told as " + told;
    }
    // Two readers of one body must not disagree on a member that a decision rests on.
    assertThat(tries).as("refused by the gateway, so no replica hears of it").isZero();
    assertThat(exchange.status()).as(answer.toString()).isBetween(400, 499);
    assertThat(told).isBetween(400, 499);
    return "refused at the door " + told + " for " + exchange.status();
  }

  private static void assertRequestUnchanged(
      RecordedExchange exchange, String id, HttpMessage request) {
    assertThat(request.startLine()).isEqualTo("POST " + exchange.path() + " HTTP/1.1");
    assertThat(request.body()).as(id).isEqualTo(exchange.request());
    assertThat(request.without(TO_REPLICAS)).as(id).isEqualTo(RecordedCaller.END_TO_END);
    assertThat(request.header("x-request-id")).hasValue(id);
    assertThat(request.header("host").orElseThrow()).startsWith("127.0.0.1:");
  }

  /// The id is the caller's; everything else is the replica's, in its order.
  private static void assertAnswerUnchanged(RecordedExchange exchange, HttpMessage answer) {
    assertThat(answer.startLine()).isEqualTo("HTTP/1.1 " + exchange.status() + " Recorded");
    assertThat(answer.body()).as(answer.toString()).isEqualTo(exchange.body());
    List<Header> expected =
        exchange.headers().stream().filter(header -> !header.is("x-request-id")).toList();
    List<String> own = Stream.concat(HOP_BY_HOP.stream(), TO_CALLERS.stream()).toList();
    assertThat(answer.without(own)).isEqualTo(expected);
    assertThat(answer.header("keep-alive")).isEmpty();
    assertThat(answer.header("x-forebay-attempts")).hasValue("1");
  }

  private static void assertOverloadIsToldAsPromised(
      RecordedExchange exchange, int tries, HttpMessage answer) {
    boolean busy = List.of(429, 503, 529).contains(exchange.status());
    assertThat(tries).as("both replicas were tried").isEqualTo(2);
    assertThat(answer.header("x-forebay-attempts")).hasValue("2");
    assertThat(answer.status()).isEqualTo(busy ? 503 : 502);
    assertThat(answer.header("x-forebay-reason"))
        .hasValue(busy ? "server_overloaded" : "upstream_error");
    exchange.headers().stream()
        .filter(header -> busy && header.is("retry-after"))
        .forEach(header ->
            assertThat(answer.header("retry-after"))
                .get()
                .isIn(header.value(), Integer.toString(Integer.parseInt(header.value()) + 1)));
  }

  private static Gateway gateway(List<RecordedExchange> exchanges, List<ReplayUpstream> replicas)
      throws Exception {
    String models =
        exchanges.stream()
            .map(RecordedExchange::model)
            .filter(model -> !model.isEmpty())
            .distinct()
            .map(JSON::writeValueAsString)
            .collect(Collectors.joining(", "));
    String urls =
        replicas.stream()
            .map(replica -> "\"http://127.0.0.1:" + replica.port() + "\"")
            .collect(Collectors.joining(", "));
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        pools:
          recorded:
            models: [%s]
            replicas: [%s]
            streamUsage: leave
        """
            .formatted(models, urls);
    return Gateway.start(new ConfigLoader().parse(yaml, "test", Path.of("")));
  }

  private static RecordedExchange made(int status, String headers, String body) {
    String request =
        "{\"model\": \"gpt-4\", \"stream\": %s, \"messages\": [{\"role\": \"user\", \"content\": \"前池\"}]}"
            .formatted(body.startsWith("["));
    return RecordedExchange.of(
        "/v1/chat/completions",
        JSON.createObjectNode()
            .put("status", status)
            .set("request", JSON.readTree(request))
            .set("headers", JSON.readTree(headers))
            .set("body", JSON.readTree(body)));
  }
}
