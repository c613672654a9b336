package dev.forebay.lab.outage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Clients, each of one kind for good, whose users want something at random moments and whatever
/// comes of it. A virtual thread for each thing wanted.
final class Crowd {
  private static final String BODY =
      "{\"model\":\"lab\",\"max_tokens\":4,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  /// Who the clients are: of twenty so many.
  private static final Map<Sdk, Integer> MIX =
      Map.of(Sdk.OPENAI, 11, Sdk.OPENAI_JAVA, 4, Sdk.AI, 3, Sdk.LANGCHAIN4J, 2);

  /// What one kind of client did.
  static final class Tally {
    final Timeline intents;
    final Timeline attempts;
    final Timeline upstream;
    final Timeline answered;
    final Timeline refused;
    final LongAdder failed = new LongAdder();
    final LongAdder toldNot = new LongAdder();
    final LongAdder attemptsOfToldNot = new LongAdder();

    Tally(int seconds) {
      intents = new Timeline(seconds);
      attempts = new Timeline(seconds);
      upstream = new Timeline(seconds);
      answered = new Timeline(seconds);
      refused = new Timeline(seconds);
    }
  }

  private final int clients;
  private final double perSecond;
  private final int seconds;
  private final long seed;
  private final HttpRequest request;
  private final ToIntFunction<HttpHeaders> upstream;
  private final Tally obeying;
  private final Tally others;
  private final HttpClient http;
  private long beganNanos;

  /// @param perSecond things wanted by all clients together
  /// @param seconds for which they want something
  /// @param upstream tries of engines that an answer tells
  Crowd(
      URI baseUrl,
      int clients,
      double perSecond,
      int seconds,
      long seed,
      ToIntFunction<HttpHeaders> upstream) {
    this.clients = clients;
    this.perSecond = perSecond;
    this.seconds = seconds;
    this.seed = seed;
    this.upstream = upstream;
    this.obeying = new Tally(seconds);
    this.others = new Tally(seconds);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    this.request =
        HttpRequest.newBuilder(URI.create(baseUrl + "/chat/completions"))
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(20))
            .POST(BodyPublishers.ofString(BODY))
            .build();
  }

  /// What clients did that read `x-should-retry`, or those that do not.
  Tally tally(boolean readShouldRetry) {
    return readShouldRetry ? obeying : others;
  }

  /// Lets them want things until time is over; returns when the last has what it gets.
  void run() {
    RandomGenerator random = random(seed);
    beganNanos = System.nanoTime();
    try (http;
        ExecutorService wants = Executors.newVirtualThreadPerTaskExecutor()) {
      long at = 0;
      while (true) {
        at += (long) (random.nextExponential() * 1e9 / perSecond);
        if (at >= TimeUnit.SECONDS.toNanos(seconds)) {
          return;
        }
        for (long left = left(at); left > 0; left = left(at)) {
          LockSupport.parkNanos(left);
        }
        Sdk sdk = sdk(random.nextInt(clients));
        long own = random.nextLong();
        wants.execute(() -> want(sdk, random(own)));
      }
    }
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private long left(long at) {
    return at - (System.nanoTime() - beganNanos);
  }

  private static Sdk sdk(int client) {
    int place = client % 20;
    for (Sdk sdk : Sdk.values()) {
      place -= MIX.getOrDefault(sdk, 0);
      if (place < 0) {
        return sdk;
      }
    }
    throw new IllegalStateException("the mix is of twenty");
  }

  private void want(Sdk sdk, RandomGenerator random) {
    Tally tally = tally(sdk.readsShouldRetry());
    long at = System.nanoTime() - beganNanos;
    tally.intents.add(at, 1);
    boolean toldNot = false;
    for (int made = 0; ; made++) {
      Told told = call(tally);
      toldNot |= told.again().filter(again -> !again).isPresent();
      if (told.answered() || !sdk.again(made, told)) {
        if (!told.answered()) {
          tally.failed.increment();
        }
        if (toldNot) {
          tally.toldNot.increment();
          tally.attemptsOfToldNot.add(made + 1L);
        }
        return;
      }
      LockSupport.parkNanos((long) (sdk.pauseMillis(made + 1, told, random) * 1e6));
    }
  }

  private Told call(Tally tally) {
    tally.attempts.add(System.nanoTime() - beganNanos, 1);
    Told told = Told.NOTHING;
    int tried = 1;
    try {
      HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
      told = Told.of(answer.statusCode(), answer.headers());
      tried = upstream.applyAsInt(answer.headers());
    } catch (IOException e) {
      // nobody is there
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long now = System.nanoTime() - beganNanos;
    tally.upstream.add(now, tried);
    (told.answered() ? tally.answered : tally.refused).add(now, 1);
    return told;
  }
}
