package dev.forebay.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import javax.net.ssl.SSLSession;

/// Answers at once and on the sender's thread, or never; so that a run in virtual time is the same
/// each time.
final class FakeTransport implements Transport {
  /// What becomes of a request.
  sealed interface Answer {}

  record Breaks(Exception cause) implements Answer {}

  record Silent() implements Answer {}

  /// @param ends what follows the pieces
  record Says(int status, Map<String, List<String>> headers, List<String> pieces, End ends)
      implements Answer {}

  enum End {
    COMPLETE,
    BREAK,
    SILENCE
  }

  private final Function<HttpRequest, Answer> script;

  FakeTransport(Function<HttpRequest, Answer> script) {
    this.script = script;
  }

  @Override
  public CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> send(
      HttpRequest request) {
    return switch (script.apply(request)) {
      case Breaks(Exception cause) -> CompletableFuture.failedFuture(cause);
      case Silent() -> new CompletableFuture<>();
      case Says says -> CompletableFuture.completedFuture(new Head(request, says));
    };
  }

  private record Head(HttpRequest request, Says says)
      implements HttpResponse<Flow.Publisher<List<ByteBuffer>>> {
    @Override
    public int statusCode() {
      return says.status();
    }

    @Override
    public HttpHeaders headers() {
      return HttpHeaders.of(says.headers(), (_, _) -> true);
    }

    @Override
    public Flow.Publisher<List<ByteBuffer>> body() {
      return subscriber -> subscriber.onSubscribe(new Pieces(says, subscriber));
    }

    @Override
    public URI uri() {
      return request.uri();
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }

    @Override
    public Optional<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }
  }

  private static final class Pieces implements Flow.Subscription {
    private final Says says;
    private final Flow.Subscriber<? super List<ByteBuffer>> subscriber;
    private int next;
    private boolean over;

    Pieces(Says says, Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
      this.says = says;
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      if (over) {
        return;
      }
      if (next < says.pieces().size()) {
        var bytes = says.pieces().get(next++).getBytes(StandardCharsets.UTF_8);
        subscriber.onNext(List.of(ByteBuffer.wrap(bytes)));
        return;
      }
      switch (says.ends()) {
        case COMPLETE -> {
          over = true;
          subscriber.onComplete();
        }
        case BREAK -> {
          over = true;
          subscriber.onError(new java.io.IOException("broke"));
        }
        case SILENCE -> {}
      }
    }

    @Override
    public void cancel() {
      over = true;
    }
  }
}
