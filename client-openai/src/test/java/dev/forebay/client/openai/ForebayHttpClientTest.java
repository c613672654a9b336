package dev.forebay.client.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.errors.BadRequestException;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.forebay.client.BreakerOpenException;
import dev.forebay.client.ConnectionException;
import dev.forebay.client.ForebayClient;
import dev.forebay.retry.policy.Backoff;
import dev.forebay.retry.policy.RetryRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The official client, on top of ours, against a server on loopback.
@Timeout(60)
class ForebayHttpClientTest {
  /// Answers the n-th request, 1 for the first.
  private interface Script {
    void answer(int request, HttpExchange exchange) throws IOException;
  }

  private static final ChatCompletionCreateParams ASK =
      ChatCompletionCreateParams.builder().model("m").addUserMessage("Hello 你好").build();

  private final AtomicInteger requests = new AtomicInteger();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  ForebayHttpClientTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void readsAnAnswer() {
    var openai = openai((_, exchange) -> answer(exchange, 200, completion("Hi 你好")));
    var answer = openai.chat().completions().create(ASK);
    assertThat(answer.choices().getFirst().message().content()).contains("Hi 你好");
    assertThat(bodies.getFirst()).contains("Hello 你好");
  }

  @Test
  void aBusyServerIsTriedAgainUnderTheSameKey() {
    var openai =
        openai((n, exchange) -> {
          if (n < 3) {
            exchange.getResponseHeaders().add("retry-after-ms", "5");
            answer(exchange, 429, "{\"error\":{\"message\":\"slow down\"}}");
          } else {
            answer(exchange, 200, completion("Hi"));
          }
        });
    var answer = openai.chat().completions().create(ASK);
    assertThat(answer.choices().getFirst().message().content()).contains("Hi");
    assertThat(requests).hasValue(3);
    assertThat(keys).hasSize(3).doesNotContainNull();
    assertThat(keys.stream().distinct()).hasSize(1);
  }

  @Test
  void anErrorBecomesTheOpenAiClientsOwn() {
    var openai =
        openai((_, exchange) ->
            answer(exchange, 400, "{\"error\":{\"message\":\"no\",\"code\":\"bad\"}}"));
    var refused =
        catchThrowableOfType(
            BadRequestException.class, () -> openai.chat().completions().create(ASK));
    assertThat(refused.code()).contains("bad");
    assertThat(requests).hasValue(1);
  }

  @Test
  void spentMoneyIsToldAtOnce() {
    var openai =
        openai((_, exchange) ->
            answer(exchange, 429, "{\"error\":{\"code\":\"insufficient_quota\"}}"));
    assertThatThrownBy(() -> openai.chat().completions().create(ASK))
        .isInstanceOf(RateLimitException.class);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aServerThatHangsUpBecomesAnIoException() {
    var openai = openai((_, exchange) -> exchange.close());
    assertThatThrownBy(() -> openai.chat().completions().create(ASK))
        .isInstanceOf(OpenAIIoException.class)
        .hasCauseInstanceOf(ConnectionException.class);
    assertThat(requests).hasValue(3);
  }

  @Test
  void readsAStreamThatWasBegunAnewBeforeItsContent() {
    var openai =
        openai((n, exchange) -> {
          stream(exchange, chunk("{\"role\":\"assistant\",\"content\":\"\"}"));
          if (n == 2) {
            write(exchange, chunk("{\"content\":\"Hi \"}"), chunk("{\"content\":\"你好\"}"));
            write(exchange, last(), "data: [DONE]");
          }
          exchange.close();
        });
    var accumulator = ChatCompletionAccumulator.create();
    try (var stream = openai.chat().completions().createStreaming(ASK)) {
      stream.stream().forEach(accumulator::accumulate);
    }
    assertThat(accumulator.chatCompletion().choices().getFirst().message().content())
        .contains("Hi 你好");
    assertThat(requests).hasValue(2);
  }

  @Test
  void aStreamThatBreaksAfterContentIsNotBegunAnew() {
    var openai =
        openai((_, exchange) -> {
          stream(exchange, chunk("{\"content\":\"Hi\"}"));
          exchange.getResponseBody().flush();
          // an end that the chunked coding did not announce
          throw new IOException("broke");
        });
    var seen = new ArrayList<ChatCompletionChunk>();
    assertThatThrownBy(
            () -> {
              try (var stream = openai.chat().completions().createStreaming(ASK)) {
                stream.stream().forEach(seen::add);
              }
            })
        .isInstanceOf(OpenAIException.class);
    assertThat(seen).hasSize(1);
    assertThat(requests).hasValue(1);
  }

  @Test
  void anErrorInAStreamBecomesTheOpenAiClientsOwn() {
    var openai =
        openai((_, exchange) -> {
          stream(exchange, "data: {\"error\":{\"message\":\"no\",\"code\":\"model_not_found\"}}");
          exchange.close();
        });
    assertThatThrownBy(
            () -> {
              try (var stream = openai.chat().completions().createStreaming(ASK)) {
                stream.stream().forEach(_ -> {});
              }
            })
        .isInstanceOf(OpenAIException.class)
        .hasMessageContaining("no");
    assertThat(requests).hasValue(1);
  }

  @Test
  void sendsWithoutWaiting() {
    var openai = openai((_, exchange) -> answer(exchange, 200, completion("Hi")));
    var answer = openai.async().chat().completions().create(ASK).join();
    assertThat(answer.choices().getFirst().message().content()).contains("Hi");
  }

  @Test
  void anErrorThatNobodyWaitedForBecomesTheOpenAiClientsOwn() {
    var openai = openai((_, exchange) -> answer(exchange, 400, "{}"));
    assertThatThrownBy(() -> openai.async().chat().completions().create(ASK).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(BadRequestException.class);
  }

  @Test
  void closingAStreamReachesTheServer() {
    var broken = new AtomicInteger();
    var openai =
        openai((_, exchange) -> {
          try {
            stream(exchange, chunk("{\"content\":\"Hi\"}"));
            while (true) {
              write(exchange, chunk("{\"content\":\" on\"}"));
            }
          } catch (IOException e) {
            broken.incrementAndGet();
          }
        });
    try (var stream = openai.chat().completions().createStreaming(ASK)) {
      assertThat(stream.stream().findFirst()).isPresent();
    }
    await().until(() -> broken.get() == 1);
  }

  @Test
  void aHostThatIsLeftAloneIsToldAsSuch() {
    var openai = openai((_, exchange) -> exchange.close());
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> openai.chat().completions().create(ASK))
          .isInstanceOf(OpenAIIoException.class);
    }
    assertThatThrownBy(() -> openai.chat().completions().create(ASK))
        .isInstanceOf(OpenAIIoException.class)
        .hasCauseInstanceOf(BreakerOpenException.class);
  }

  private OpenAIClient openai(Script script) {
    server.createContext(
        "/",
        exchange -> {
          keys.add(exchange.getRequestHeaders().getFirst("idempotency-key"));
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          script.answer(requests.incrementAndGet(), exchange);
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    var quick = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2));
    var forebay =
        ForebayClient.builder(url).retry(new RetryRules(3, quick, Duration.ofSeconds(1))).build();
    return new OpenAIClientImpl(
        ClientOptions.builder()
            .httpClient(new ForebayHttpClient(forebay))
            .baseUrl(url)
            .apiKey("none")
            .maxRetries(0)
            .build());
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    var bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void stream(HttpExchange exchange, String... events) throws IOException {
    exchange.getResponseHeaders().add("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    write(exchange, events);
  }

  private static void write(HttpExchange exchange, String... events) throws IOException {
    for (var event : events) {
      exchange.getResponseBody().write((event + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
    exchange.getResponseBody().flush();
  }

  private static String completion(String text) {
    return "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
        + "[{\"index\":0,\"finish_reason\":\"stop\",\"logprobs\":null,\"message\":"
        + "{\"role\":\"assistant\",\"refusal\":null,\"content\":\""
        + text
        + "\"}}]}";
  }

  private static String chunk(String delta) {
    return chunk(delta, "null");
  }

  private static String last() {
    return chunk("{}", "\"stop\"");
  }

  private static String chunk(String delta, String finish) {
    return "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
        + "\"choices\":[{\"index\":0,\"finish_reason\":"
        + finish
        + ",\"delta\":"
        + delta
        + "}]}";
  }
}
