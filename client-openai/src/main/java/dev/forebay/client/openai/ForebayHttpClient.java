package dev.forebay.client.openai;

import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIIoException;
import dev.forebay.client.AnsweredException;
import dev.forebay.client.CallException;
import dev.forebay.client.ForebayClient;
import dev.forebay.client.Headers;
import dev.forebay.client.Request;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Lets the OpenAI client send through a [ForebayClient]. Give it `maxRetries(0)` beside this: two
/// layers that both retry multiply each other's tries.
///
/// An error that the server answered reaches the OpenAI client as that answer, and becomes its own
/// exception; what has no answer becomes an [OpenAIIoException] with the [CallException] as its
/// cause. The shorter of both clients' time limits counts.
///
/// Safe for many threads at once. Closing it closes nothing: the ForebayClient is its owner's.
public final class ForebayHttpClient implements HttpClient {
  private final ForebayClient client;

  public ForebayHttpClient(ForebayClient client) {
    this.client = client;
  }

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    try {
      return new ForebayHttpResponse(client.open(request(request, options)));
    } catch (CallException e) {
      return answerOf(e);
    }
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    var opened = client.openAsync(request(request, options));
    var result = new CompletableFuture<HttpResponse>();
    result.whenComplete((response, failure) -> {
      if (result.isCancelled()) {
        opened.cancel(true);
      }
    });
    opened
        .<HttpResponse>thenApply(ForebayHttpResponse::new)
        .exceptionally(ForebayHttpClient::answerOf)
        .whenComplete((response, failure) -> {
          if (failure != null) {
            result.completeExceptionally(unwrapped(failure));
          } else if (!result.complete(response)) {
            response.close();
          }
        });
    return result;
  }

  @Override
  public void close() {}

  private Request request(HttpRequest request, RequestOptions options) {
    var headers = new LinkedHashMap<String, List<String>>();
    for (String name : request.headers().names()) {
      headers.put(name, request.headers().values(name));
    }
    HttpRequestBody body = request.body();
    return Request.of(request.method().name(), request.url(), bytes(body))
        .withHeaders(headers(headers, body))
        .withDeadline(deadline(options));
  }

  private static Headers headers(
      Map<String, List<String>> headers, @Nullable HttpRequestBody body) {
    String type = body == null ? null : body.contentType();
    return type == null
        ? Headers.of(headers)
        : Headers.of(headers).withDefault("content-type", type);
  }

  private static byte[] bytes(@Nullable HttpRequestBody body) {
    if (body == null) {
      return new byte[0];
    }
    try (body) {
      var bytes = new ByteArrayOutputStream();
      body.writeTo(bytes);
      return bytes.toByteArray();
    }
  }

  private Duration deadline(RequestOptions options) {
    var timeout = options.getTimeout();
    Duration own = client.deadline();
    if (timeout == null || timeout.request().isZero()) {
      // zero is the OpenAI client's word for no limit
      return own;
    }
    return timeout.request().compareTo(own) < 0 ? timeout.request() : own;
  }

  private static HttpResponse answerOf(Throwable thrown) {
    Throwable failure = unwrapped(thrown);
    if (failure instanceof AnsweredException answered) {
      return new ForebayHttpResponse(answered);
    }
    if (failure instanceof CallException call) {
      throw new OpenAIIoException(call.getMessage(), call);
    }
    throw failure instanceof RuntimeException fault ? fault : new IllegalStateException(failure);
  }

  private static Throwable unwrapped(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }
}
