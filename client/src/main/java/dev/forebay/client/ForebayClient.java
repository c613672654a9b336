package dev.forebay.client;

import dev.forebay.retry.policy.BreakerConfig;
import dev.forebay.retry.policy.BudgetConfig;
import dev.forebay.retry.policy.CircuitBreaker;
import dev.forebay.retry.policy.RetryBudget;
import dev.forebay.retry.policy.RetryRules;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Sends requests to any OpenAI-shaped endpoint and tries them again where that does no harm: with
/// full jitter, no earlier than the server said, never past the deadline, never after content, and
/// never more than the host's retry budget allows. All tries of a call carry one `Idempotency-Key`,
/// and `x-deadline-ms` says how long their caller still waits.
///
/// Safe for many threads at once; one client for a program is best, since budgets and breakers are
/// shared by what one client sends to a host. It starts no threads of its own.
///
/// Each way of sending waits, or gives a future at once. A future fails with what the waiting way
/// throws: a [CallException]; cancelling it closes the connection.
public final class ForebayClient {
  /// The HTTP client sets these itself, and refuses to have them set.
  private static final Set<String> SET_BY_TRANSPORT =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final Call.Tools tools;
  private final String baseUrl;
  private final Headers headers;
  private final Duration deadline;
  private final Duration idle;
  private final long mostBytes;
  private final BudgetConfig budget;
  private final BreakerConfig breaker;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();

  private ForebayClient(Builder builder) {
    this.tools =
        new Call.Tools(
            builder.transport == null ? Transport.of(builder.httpClient()) : builder.transport,
            builder.timers,
            builder.rules,
            builder.random);
    this.baseUrl = builder.baseUrl;
    this.headers = builder.headers;
    this.deadline = builder.deadline;
    this.idle = builder.idle;
    this.mostBytes = builder.mostBytes;
    this.budget = builder.budget;
    this.breaker = builder.breaker;
  }

  /// Begins a client.
  ///
  /// @param baseUrl what targets are put behind, as in `http://127.0.0.1:8020/v1`
  public static Builder builder(String baseUrl) {
    return new Builder(baseUrl);
  }

  /// Sends and waits for the whole answer.
  ///
  /// @throws CallException if it was not served
  /// @throws CancellationException if the thread was interrupted; it stays so
  public Response send(Request request) {
    return await(sendAsync(request));
  }

  public CompletableFuture<Response> sendAsync(Request request) {
    return then(call(request, true), ForebayClient::whole);
  }

  /// Sends and waits for a stream's first content; until then it is tried again like any call.
  ///
  /// @throws CallException if it was not served
  /// @throws CancellationException if the thread was interrupted; it stays so
  public EventStream stream(Request request) {
    return await(streamAsync(request));
  }

  /// The events are then read where they are waited for: on a thread of the caller's.
  public CompletableFuture<EventStream> streamAsync(Request request) {
    var events = request.withHeaders(request.headers().withDefault("accept", "text/event-stream"));
    return then(call(events, false), EventStream::new);
  }

  /// Sends and waits for a stream's first content, or for the whole of a plain answer, whichever
  /// the server gives; for who reads bytes.
  ///
  /// @throws CallException if it was not served
  /// @throws CancellationException if the thread was interrupted; it stays so
  public OpenResponse open(Request request) {
    return await(openAsync(request));
  }

  public CompletableFuture<OpenResponse> openAsync(Request request) {
    return then(call(request, false), Function.identity());
  }

  /// How long a caller waits where its request does not say.
  public Duration deadline() {
    return deadline;
  }

  private CompletableFuture<OpenResponse> call(Request request, boolean whole) {
    URI uri = uri(request.target());
    String key = UUID.randomUUID().toString();
    Duration patience = request.deadline().orElse(deadline);
    var sending =
        new Call.Sending(
            left -> http(request, uri, key, left),
            request.repeatable(),
            Math.max(1, request.body().length));
    return new Call(tools, host(uri), sending, new Reading(whole, mostBytes, idle), patience)
        .start();
  }

  private URI uri(String target) {
    boolean absolute = target.startsWith("http://") || target.startsWith("https://");
    return URI.create(absolute ? target : baseUrl + target);
  }

  private HttpRequest http(Request request, URI uri, String key, Duration left) {
    var http = HttpRequest.newBuilder(uri);
    var all = request.headers().over(headers);
    if (request.method().equals("POST")) {
      all = all.withDefault("idempotency-key", key);
    }
    all.with("x-deadline-ms", Long.toString(Math.max(1, left.toMillis())))
        .all()
        .forEach((name, values) -> {
          if (!SET_BY_TRANSPORT.contains(name)) {
            values.forEach(value -> http.header(name, value));
          }
        });
    byte[] body = request.body();
    return http.method(
            request.method(),
            body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
        .build();
  }

  private Host host(URI uri) {
    String name = (uri.getScheme() + "://" + uri.getRawAuthority()).toLowerCase(Locale.ROOT);
    return hosts.computeIfAbsent(
        name,
        each ->
            new Host(each, new RetryBudget(budget), new CircuitBreaker(breaker, tools.random())));
  }

  private static Response whole(OpenResponse open) {
    try (open) {
      return new Response(
          open.status(), open.headers(), open.body().readAllBytes(), open.attempts());
    } catch (IOException e) {
      throw new IllegalStateException("a whole body is in memory", e);
    }
  }

  /// The same future as another type, with cancelling passed on.
  private static <T> CompletableFuture<T> then(
      CompletableFuture<OpenResponse> call, Function<OpenResponse, T> made) {
    var result = new CompletableFuture<T>();
    result.whenComplete((value, failure) -> {
      if (result.isCancelled()) {
        call.cancel(true);
      }
    });
    call.whenComplete((open, failure) -> {
      if (failure != null) {
        result.completeExceptionally(failure);
      } else if (!result.complete(made.apply(open))) {
        open.close();
      }
    });
    return result;
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    }
  }

  /// Makes a client. Only the address has no default.
  public static final class Builder {
    private final String baseUrl;
    private Headers headers = Headers.NONE;
    private Duration connectTimeout = Duration.ofSeconds(2);
    private Duration deadline = Duration.ofMinutes(10);
    private Duration idle = Duration.ofSeconds(60);
    private RetryRules rules = RetryPreset.STANDARD.rules();
    private BudgetConfig budget = new BudgetConfig(0.1, 10, 32 * 1024 * 1024);
    private BreakerConfig breaker =
        new BreakerConfig(20, 10, 0.5, Duration.ofSeconds(5), Duration.ofSeconds(60), 2);
    private long mostBytes = 64 * 1024 * 1024;
    private @Nullable HttpClient http;
    private @Nullable Transport transport;
    private Timers timers = Timers.SYSTEM;
    // not shared: each thread draws from its own
    private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

    private Builder(String baseUrl) {
      this.baseUrl = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
      URI.create(this.baseUrl);
    }

    /// Sent as `Authorization: Bearer …` with every request that has none.
    public Builder apiKey(String key) {
      return header("authorization", "Bearer " + key);
    }

    /// Sent with every request that does not have it.
    public Builder header(String name, String value) {
      headers = headers.with(name, value);
      return this;
    }

    /// How long a caller waits where its request does not say: for the whole of a plain answer, for
    /// the first content of a stream.
    public Builder deadline(Duration time) {
      deadline = positive("deadline", time);
      return this;
    }

    /// How long to wait for a connection; of no effect with an HTTP client of one's own.
    public Builder connectTimeout(Duration time) {
      connectTimeout = positive("connectTimeout", time);
      return this;
    }

    /// How long a stream may say nothing after its first content.
    public Builder idleTimeout(Duration time) {
      idle = positive("idleTimeout", time);
      return this;
    }

    public Builder retry(RetryPreset preset) {
      return retry(preset.rules());
    }

    public Builder retry(RetryRules own) {
      rules = own;
      return this;
    }

    /// Retries that all calls to one host may cause together; work is counted in bytes of request
    /// bodies.
    public Builder budget(BudgetConfig own) {
      budget = own;
      return this;
    }

    /// When a host that keeps failing is left alone.
    public Builder breaker(BreakerConfig own) {
      breaker = own;
      return this;
    }

    /// Size of a whole answer at most.
    public Builder maxAnswerBytes(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("maxAnswerBytes must be >= 1, was " + bytes);
      }
      mostBytes = bytes;
      return this;
    }

    /// Sends by this one, with its own TLS, proxy and executor.
    public Builder httpClient(HttpClient own) {
      http = own;
      return this;
    }

    Builder transport(Transport own) {
      transport = own;
      return this;
    }

    Builder timers(Timers own) {
      timers = own;
      return this;
    }

    Builder random(RandomGenerator own) {
      random = own;
      return this;
    }

    public ForebayClient build() {
      return new ForebayClient(this);
    }

    private HttpClient httpClient() {
      return http != null
          ? http
          // one call a connection, so that cancelling a call is closing its connection
          : HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(connectTimeout)
              .build();
    }

    private static Duration positive(String name, Duration time) {
      if (time.isZero() || time.isNegative()) {
        throw new IllegalArgumentException(name + " must be > 0s, was " + time);
      }
      return time;
    }
  }
}
