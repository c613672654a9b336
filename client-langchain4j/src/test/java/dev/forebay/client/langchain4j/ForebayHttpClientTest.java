package dev.forebay.client.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.forebay.client.ConnectionException;
import dev.forebay.client.ForebayClient;
import dev.forebay.retry.policy.Backoff;
import dev.forebay.retry.policy.RetryRules;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// LangChain4j's models, on top of our client, against a server on loopback.
@Timeout(60)
class ForebayHttpClientTest {
  /// Answers the n-th request, 1 for the first.
  private interface Script {
    void answer(int request, HttpExchange exchange) throws IOException;
  }

  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final HttpServer server;

  ForebayHttpClientTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  @Test
  void aBusyServerIsTriedAgain() {
    start((n, exchange) -> {
      if (n < 3) {
        exchange.getResponseHeaders().add("retry-after-ms", "5");
        answer(exchange, 503, "{}");
      } else {
        answer(exchange, 200, completion("Hi 你好"));
      }
    });
    assertThat(model(Duration.ofSeconds(30)).chat("Hello")).isEqualTo("Hi 你好");
    assertThat(requests).hasValue(3);
  }

  @Test
  void errorsBecomeLangChain4jsOwn() {
    start((n, exchange) ->
        answer(
            exchange,
            n == 1 ? 400 : 429,
            "{\"error\":{\"message\":\"no\",\"code\":\"insufficient_quota\"}}"));
    var model = model(Duration.ofSeconds(30));
    assertThatThrownBy(() -> model.chat("Hello")).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> model.chat("Hello")).isInstanceOf(RateLimitException.class);
    assertThat(requests).hasValue(2);
  }

  @Test
  void aDeadlineBecomesATimeout() {
    start((_, _) -> untilTheTestIsOver());
    assertThatThrownBy(() -> model(Duration.ofMillis(50)).chat("Hello"))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void readsAStreamThatWasBegunAnewBeforeItsContent() {
    start((n, exchange) -> {
      stream(exchange, chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
      if (n == 2) {
        write(exchange, chunk("{\"content\":\"Hi \"}", "null"));
        write(exchange, chunk("{\"content\":\"你好\"}", "\"stop\""), "data: [DONE]");
      }
      exchange.close();
    });
    var answer = new Answer();
    streaming().chat("Hello", answer);
    assertThat(answer.complete.join().aiMessage().text()).isEqualTo("Hi 你好");
    assertThat(answer.text.toString()).isEqualTo("Hi 你好");
    assertThat(requests).hasValue(2);
  }

  @Test
  void aStreamThatBreaksAfterContentIsToldAndNotBegunAnew() {
    start((_, exchange) -> {
      stream(exchange, chunk("{\"content\":\"Hi\"}", "null"));
      throw new IOException("broke");
    });
    var answer = new Answer();
    streaming().chat("Hello", answer);
    assertThatThrownBy(answer.complete::join).isInstanceOf(CompletionException.class);
    assertThat(answer.text.toString()).isEqualTo("Hi");
    assertThat(requests).hasValue(1);
  }

  @Test
  void aStreamThatNeverBeginsIsTold() {
    start((_, exchange) -> exchange.close());
    var answer = new Answer();
    streaming().chat("Hello", answer);
    assertThatThrownBy(answer.complete::join)
        .hasStackTraceContaining(ConnectionException.class.getName());
    await().until(() -> requests.get() == 3);
  }

  private static final class Answer implements StreamingChatResponseHandler {
    final StringBuilder text = new StringBuilder();
    final CompletableFuture<ChatResponse> complete = new CompletableFuture<>();

    @Override
    public void onPartialResponse(String part) {
      text.append(part);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      complete.complete(response);
    }

    @Override
    public void onError(Throwable error) {
      complete.completeExceptionally(error);
    }
  }

  private void start(Script script) {
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          script.answer(requests.incrementAndGet(), exchange);
        });
    server.start();
  }

  private void untilTheTestIsOver() throws IOException {
    try {
      over.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private OpenAiChatModel model(Duration timeout) {
    return OpenAiChatModel.builder()
        .httpClientBuilder(http())
        .baseUrl(url())
        .apiKey("none")
        .modelName("m")
        .timeout(timeout)
        .maxRetries(0)
        .build();
  }

  private OpenAiStreamingChatModel streaming() {
    return OpenAiStreamingChatModel.builder()
        .httpClientBuilder(http())
        .baseUrl(url())
        .apiKey("none")
        .modelName("m")
        .build();
  }

  private ForebayHttpClientBuilder http() {
    var quick = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2));
    return new ForebayHttpClientBuilder(
        ForebayClient.builder(url())
            .retry(new RetryRules(3, quick, Duration.ofSeconds(1)))
            .build());
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
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
        + "[{\"index\":0,\"finish_reason\":\"stop\",\"message\":"
        + "{\"role\":\"assistant\",\"content\":\""
        + text
        + "\"}}]}";
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
