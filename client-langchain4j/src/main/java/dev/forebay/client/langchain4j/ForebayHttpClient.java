package dev.forebay.client.langchain4j;

import dev.forebay.client.AnsweredException;
import dev.forebay.client.DeadlineException;
import dev.forebay.client.ForebayClient;
import dev.forebay.client.Headers;
import dev.forebay.client.OpenResponse;
import dev.forebay.client.Request;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventListenerUtils;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Sends LangChain4j's requests. An error that the server answered becomes an [HttpException], with
/// the [AnsweredException] among its suppressed; a deadline that passed a [TimeoutException]; other
/// failures stay what they are. Safe for many threads at once.
final class ForebayHttpClient implements HttpClient {
  private final ForebayClient client;
  private final Duration deadline;
  private final Executor executor;

  ForebayHttpClient(ForebayClient client, Duration deadline, Executor executor) {
    this.client = client;
    this.deadline = deadline;
    this.executor = executor;
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    try {
      var response = client.send(request(request));
      return SuccessfulHttpResponse.builder()
          .statusCode(response.status())
          .headers(response.headers().all())
          .body(response.body())
          .build();
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    client
        .openAsync(request(request))
        .whenComplete((open, failure) ->
            executor.execute(() -> {
              if (open == null) {
                tell(() -> listener.onError(translated(failure)));
              } else {
                read(open, parser, listener);
              }
            }));
  }

  private static void read(
      OpenResponse open, ServerSentEventParser parser, ServerSentEventListener listener) {
    try (open) {
      tell(() ->
          listener.onOpen(
              SuccessfulHttpResponse.builder()
                  .statusCode(open.status())
                  .headers(open.headers().all())
                  .build()));
      parser.parse(open.body(), listener);
      tell(listener::onClose);
    }
  }

  /// A listener's own fault must not cut off what it is still to be told.
  private static void tell(Runnable what) {
    ServerSentEventListenerUtils.ignoringExceptions(what);
  }

  private Request request(HttpRequest request) {
    if (!request.formDataFields().isEmpty() || !request.formDataFiles().isEmpty()) {
      throw new UnsupportedOperationException(
          "form data is not sent by this client, was for " + request.url());
    }
    String body = request.body();
    return Request.of(
            request.method().name(),
            request.url(),
            body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8))
        .withHeaders(Headers.of(request.headers()))
        .withDeadline(deadline);
  }

  private static RuntimeException translated(@Nullable Throwable thrown) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (failure instanceof AnsweredException answered && answered.status() >= 300) {
      var exception = new HttpException(answered.status(), answered.body());
      // not as its cause: LangChain4j sorts errors by the root of their causes
      exception.addSuppressed(answered);
      return exception;
    }
    if (failure instanceof DeadlineException) {
      return new TimeoutException(failure);
    }
    return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
  }
}
