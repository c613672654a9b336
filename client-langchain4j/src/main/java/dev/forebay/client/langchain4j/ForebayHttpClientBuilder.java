package dev.forebay.client.langchain4j;

import dev.forebay.client.ForebayClient;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// What a model's builder takes as its `httpClientBuilder`, to send through a [ForebayClient]. Give
/// the model `maxRetries(0)` beside this: two layers that both retry multiply each other's tries.
///
/// A read timeout that is set becomes the deadline of a call, all tries together; the client's own
/// counts if it is shorter. A connect timeout is the client's own affair.
public final class ForebayHttpClientBuilder implements HttpClientBuilder {
  private final ForebayClient client;
  private final Executor executor;
  private @Nullable Duration connectTimeout;
  private Duration readTimeout;

  /// Streams are read on a thread of their own each.
  public ForebayHttpClientBuilder(ForebayClient client) {
    this(client, ForebayHttpClientBuilder::onNewThread);
  }

  /// Made of a client and of the threads that streams are read on.
  ///
  /// @param executor runs one task for each stream, which waits for the stream's events: virtual
  ///   threads suit it best
  public ForebayHttpClientBuilder(ForebayClient client, Executor executor) {
    this.client = client;
    this.executor = executor;
    this.readTimeout = client.deadline();
  }

  private static void onNewThread(Runnable task) {
    var thread = new Thread(task, "forebay-stream");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public @Nullable Duration connectTimeout() {
    return connectTimeout;
  }

  @Override
  public HttpClientBuilder connectTimeout(@Nullable Duration timeout) {
    connectTimeout = timeout;
    return this;
  }

  @Override
  public Duration readTimeout() {
    return readTimeout;
  }

  @Override
  public HttpClientBuilder readTimeout(@Nullable Duration timeout) {
    readTimeout =
        timeout == null || timeout.compareTo(client.deadline()) > 0 ? client.deadline() : timeout;
    return this;
  }

  @Override
  public HttpClient build() {
    return new ForebayHttpClient(client, readTimeout, executor);
  }
}
