package dev.forebay.client;

import dev.forebay.retry.policy.Failure;
import dev.forebay.retry.policy.RetryDecision.Reason;
import dev.forebay.retry.policy.ServerHint;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// One try of a call: sends once and reads until it is clear whether that served.
final class Attempt {
  /// How it ended.
  sealed interface Ended {}

  record Served(OpenResponse response) implements Ended {}

  /// @param cause what broke, if no answer says it
  record Failed(
      Failure failure,
      @Nullable Throwable cause,
      ReceivedAnswer answer,
      ErrorBody error,
      int attempts)
      implements Ended {
    CallException exception(Reason reason) {
      return cause != null
          ? new ConnectionException(cause, reason, attempts)
          : new AnsweredException(
              answer, error, failure.hint().delay().orElse(null), reason, attempts);
    }
  }

  private static final ReceivedAnswer NO_ANSWER = new ReceivedAnswer(0, Headers.NONE, new byte[0]);
  private static final ErrorBody NOTHING_IN_IT = new ErrorBody("", "", "an answer without content");
  private static final int ERROR_SHOWS_WITHIN = 32;

  private final Call.Tools tools;
  private final Reading reading;
  private final int number;
  private final CompletableFuture<Ended> ended = new CompletableFuture<>();
  private volatile Runnable stop = () -> {};
  private volatile boolean cancelled;

  /// @param number which try of its call, 1 for the first
  Attempt(Call.Tools tools, Reading reading, int number) {
    this.tools = tools;
    this.reading = reading;
    this.number = number;
  }

  /// Sends; to be called once. The future fails only through a fault of this program. After
  /// [#cancel] it may never complete.
  CompletableFuture<Ended> send(HttpRequest request) {
    if (cancelled) {
      return ended;
    }
    try {
      var head = tools.transport().send(request);
      stopBy(() -> head.cancel(true));
      head.whenComplete(this::answered);
    } catch (RuntimeException e) {
      ended.completeExceptionally(e);
    }
    return ended;
  }

  /// Closes the connection if the answer is not complete. May be called at any time, and again.
  void cancel() {
    cancelled = true;
    stop.run();
  }

  private void stopBy(Runnable how) {
    stop = how;
    if (cancelled) {
      how.run();
    }
  }

  private void answered(
      @Nullable HttpResponse<Flow.Publisher<List<ByteBuffer>>> head, @Nullable Throwable cause) {
    try {
      if (head == null) {
        broke(cause == null ? new IllegalStateException("no answer and no cause") : cause);
        return;
      }
      var body = body(head.statusCode(), Headers.of(head.headers().map()), head.request());
      stopBy(body::cancel);
      head.body().subscribe(body);
    } catch (RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  private AnswerBody body(int status, Headers headers, HttpRequest request) {
    if (status < 300 && !reading.whole() && isStream(headers)) {
      return new HeldStream(reading.idle(), new OfStream(status, headers));
    }
    return new WholeBody(reading.mostBytes(), new OfWhole(status, headers, request.method()));
  }

  private static boolean isStream(Headers headers) {
    String type = headers.first("content-type");
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
  }

  private void broke(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    boolean unreached =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    fail(
        unreached ? new Failure.Unreached() : new Failure.Broken(),
        cause,
        NO_ANSWER,
        ErrorBody.NONE);
  }

  private void refused(ReceivedAnswer answer, ErrorBody error) {
    var hint = ServerHint.read(answer.headers()::first, tools.timers().now());
    fail(
        new Failure.Answered(answer.status(), error.code(), error.type(), hint),
        null,
        answer,
        error);
  }

  private void empty(ReceivedAnswer answer) {
    fail(new Failure.Empty(), null, answer, NOTHING_IN_IT);
  }

  private void fail(
      Failure failure, @Nullable Throwable cause, ReceivedAnswer answer, ErrorBody error) {
    ended.complete(new Failed(failure, cause, answer, error, number));
  }

  private final class OfWhole implements WholeBody.Listener {
    private final int status;
    private final Headers headers;
    private final String method;

    OfWhole(int status, Headers headers, String method) {
      this.status = status;
      this.headers = headers;
      this.method = method;
    }

    @Override
    public void complete(byte[] body) {
      var answer = new ReceivedAnswer(status, headers, body);
      if (status >= 300) {
        refused(answer, ErrorBody.read(body));
      } else if (isBlank(body) && method.equals("POST") && status == 200) {
        empty(answer);
      } else if (isError(body)) {
        refused(answer, ErrorBody.read(body));
      } else if (starved(body)) {
        empty(answer);
      } else {
        ended.complete(new Served(new OpenResponse(status, headers, number, body)));
      }
    }

    @Override
    public void broke(Throwable cause) {
      Attempt.this.broke(cause);
    }

    private static boolean isBlank(byte[] body) {
      for (byte b : body) {
        if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
          return false;
        }
      }
      return true;
    }

    /// Errors that came as a success begin with the word; answers do not.
    private static boolean isError(byte[] body) {
      var start =
          new String(body, 0, Math.min(body.length, ERROR_SHOWS_WITHIN), StandardCharsets.UTF_8);
      return start.strip().startsWith("{")
          && start.contains("\"error\"")
          && Json.read(new String(body, StandardCharsets.UTF_8)) instanceof Map<?, ?> document
          && document.get("error") instanceof Map<?, ?>;
    }

    private static boolean starved(byte[] body) {
      var text = new String(body, StandardCharsets.UTF_8);
      return text.contains("\"insufficient_system_resource\"")
          && Json.read(text) instanceof Map<?, ?> document
          && document.get("choices") instanceof List<?> choices
          && choices.stream()
              .anyMatch(each -> each instanceof Map<?, ?> choice && FirstContent.starved(choice));
    }
  }

  private final class OfStream implements HeldStream.Listener {
    private final int status;
    private final Headers headers;

    OfStream(int status, Headers headers) {
      this.status = status;
      this.headers = headers;
    }

    @Override
    public void content(HeldStream stream) {
      ended.complete(new Served(new OpenResponse(status, headers, number, stream)));
    }

    @Override
    public void failed(@Nullable ErrorBody error, byte[] held) {
      var answer = new ReceivedAnswer(status, headers, held);
      if (error == null) {
        empty(answer);
      } else {
        refused(answer, error);
      }
    }

    @Override
    public void broke(Throwable cause) {
      Attempt.this.broke(cause);
    }
  }
}
