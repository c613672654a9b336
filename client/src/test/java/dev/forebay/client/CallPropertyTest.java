package dev.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.client.FakeTransport.Answer;
import dev.forebay.client.FakeTransport.Breaks;
import dev.forebay.client.FakeTransport.End;
import dev.forebay.client.FakeTransport.Says;
import dev.forebay.client.FakeTransport.Silent;
import dev.forebay.retry.policy.Backoff;
import dev.forebay.retry.policy.BreakerConfig;
import dev.forebay.retry.policy.BudgetConfig;
import dev.forebay.retry.policy.RetryRules;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// What holds for every call, whatever the server does; in virtual time.
class CallPropertyTest {
  private static final BudgetConfig BUDGET = new BudgetConfig(0.1, 10, 1_000_000);
  private static final BreakerConfig BREAKER =
      new BreakerConfig(20, 10, 0.5, Duration.ofSeconds(5), Duration.ofSeconds(60), 2);

  /// One try as the server saw it.
  private record Try(long at, long deadlineMillis, String key, Answer answer) {}

  @Test
  void everyCallEndsOnceAndNoTryBreaksARule() {
    Seeds.forAll(300, random -> new Run(random, random.nextInt(10)).check());
  }

  @Test
  void inAnOutageRetriesStayWithinTheBudget() {
    Seeds.forAll(
        20,
        random -> {
          var run = new Run(random, 10);
          int calls = 1_000;
          for (int i = 0; i < calls; i++) {
            run.call();
          }
          run.finish();
          int tries = run.tries.stream().mapToInt(List::size).sum();
          assertThat(tries).isBetween(calls, calls + calls / 10 + 10);
        });
  }

  @Test
  void aSeedIsARun() {
    for (long seed = 1; seed <= 20; seed++) {
      var once = new Run(Seeds.random(seed), 5);
      var again = new Run(Seeds.random(seed), 5);
      once.check();
      again.check();
      assertThat(once.times()).isEqualTo(again.times());
    }
  }

  /// Calls of one client to one host.
  private static final class Run {
    final RandomGenerator random;
    final int badTenths;
    final HandTimers timers = new HandTimers();
    final RetryRules rules;
    final ForebayClient client;
    final List<List<Try>> tries = new ArrayList<>();
    final List<Duration> deadlines = new ArrayList<>();
    final List<CompletableFuture<OpenResponse>> ends = new ArrayList<>();

    /// @param badTenths of ten answers, how many are no good
    Run(RandomGenerator random, int badTenths) {
      this.random = random;
      this.badTenths = badTenths;
      var base = Duration.ofMillis(random.nextInt(1, 1_000));
      this.rules =
          new RetryRules(
              random.nextInt(1, 6),
              new Backoff(base, base.multipliedBy(random.nextInt(1, 20))),
              Duration.ofSeconds(random.nextInt(60)));
      this.client =
          ForebayClient.builder("http://host")
              .transport(new FakeTransport(this::answer))
              .timers(timers)
              .random(random)
              .retry(rules)
              .budget(BUDGET)
              .breaker(badTenths < 10 ? BREAKER : BREAKER.neverOpening())
              .build();
    }

    void call() {
      var deadline = Duration.ofMillis(random.nextInt(1, 100_000));
      deadlines.add(deadline);
      tries.add(new ArrayList<>());
      var request =
          Request.post("/chat/completions", "{}")
              .withHeader("x-call", Integer.toString(ends.size()))
              .withDeadline(deadline);
      ends.add(client.openAsync(request));
    }

    void finish() {
      while (timers.step()) {
        // until nothing is left to happen
      }
    }

    void check() {
      var begun = new ArrayList<Long>();
      for (int i = 0; i < 60; i++) {
        begun.add(timers.nanoTime());
        call();
        for (int steps = random.nextInt(3); steps > 0; steps--) {
          timers.step();
        }
      }
      finish();
      for (int i = 0; i < ends.size(); i++) {
        assertThat(ends.get(i)).isDone();
        checkTries(tries.get(i), begun.get(i), deadlines.get(i));
      }
      int retries = tries.stream().mapToInt(each -> Math.max(0, each.size() - 1)).sum();
      assertThat(retries).isLessThanOrEqualTo(ends.size() / 10 + 10);
    }

    void checkTries(List<Try> ofCall, long begun, Duration deadline) {
      assertThat(ofCall).hasSizeLessThanOrEqualTo(rules.attempts());
      assertThat(ofCall.stream().map(Try::key).distinct()).hasSizeLessThanOrEqualTo(1);
      for (int i = 0; i < ofCall.size(); i++) {
        var each = ofCall.get(i);
        var left = deadline.minusNanos(each.at() - begun);
        assertThat(left).isPositive();
        assertThat(each.deadlineMillis()).isEqualTo(Math.max(1, left.toMillis()));
        if (i > 0) {
          var before = ofCall.get(i - 1);
          var waited = Duration.ofNanos(each.at() - before.at());
          assertThat(mayFollow(before.answer(), waited, i)).as("%s", before).isTrue();
        }
      }
    }

    /// Whether another try may come so long after such an answer.
    boolean mayFollow(Answer answer, Duration waited, int retry) {
      return switch (answer) {
        case Breaks _ -> waited.compareTo(rules.backoff().upperEnd(retry)) <= 0;
        case Silent _ -> false;
        case Says says -> {
          boolean content = says.pieces().stream().anyMatch(piece -> piece.contains("word"));
          boolean fatal = says.status() == 400 || says.pieces().toString().contains("quota");
          var told = says.headers().get("retry-after-ms");
          boolean tooEarly = told != null && waited.toMillis() < Long.parseLong(told.getFirst());
          yield !content && !fatal && !tooEarly;
        }
      };
    }

    Answer answer(HttpRequest request) {
      var headers = request.headers();
      int call = Integer.parseInt(headers.firstValue("x-call").orElseThrow());
      var answer = badTenths > random.nextInt(10) ? bad() : good();
      tries
          .get(call)
          .add(
              new Try(
                  timers.nanoTime(),
                  headers.firstValueAsLong("x-deadline-ms").orElseThrow(),
                  headers.firstValue("idempotency-key").orElseThrow(),
                  answer));
      return answer;
    }

    Answer good() {
      return stream(End.COMPLETE, ScriptedServer.role(), ScriptedServer.delta("word"));
    }

    Answer bad() {
      // in a whole outage there is nothing but what may be tried again
      return switch (random.nextInt(badTenths == 10 ? 5 : 10)) {
        case 0 -> new Breaks(new ConnectException("refused"));
        case 1 -> new Breaks(new IOException("reset"));
        case 2 -> says(503, Map.of());
        case 3 -> stream(End.COMPLETE, ScriptedServer.role());
        case 4 -> stream(End.BREAK, ScriptedServer.role());
        case 5 -> says(429, Map.of("retry-after-ms", List.of("" + random.nextInt(100_000))));
        case 6 -> stream(End.BREAK, ScriptedServer.role(), ScriptedServer.delta("word"));
        case 7 -> new Silent();
        case 8 -> stream(End.SILENCE, ScriptedServer.role());
        default -> random.nextBoolean() ? says(400, Map.of()) : spent();
      };
    }

    Answer says(int status, Map<String, List<String>> headers) {
      return new Says(status, headers, List.of("{}"), End.COMPLETE);
    }

    Answer spent() {
      return new Says(
          429, Map.of(), List.of("{\"error\":{\"code\":\"insufficient_quota\"}}"), End.COMPLETE);
    }

    Answer stream(End ends, String... events) {
      var pieces = new ArrayList<String>();
      for (var event : events) {
        int cut = random.nextInt(event.length());
        pieces.add(event.substring(0, cut));
        pieces.add(event.substring(cut) + "\n\n");
      }
      return new Says(200, Map.of("content-type", List.of("text/event-stream")), pieces, ends);
    }

    List<Long> times() {
      return tries.stream().flatMap(List::stream).map(Try::at).toList();
    }
  }
}
