package dev.forebay.client;

import static dev.forebay.client.ScriptedServer.HANG_UP;
import static dev.forebay.client.ScriptedServer.STALL;
import static dev.forebay.client.ScriptedServer.begun;
import static dev.forebay.client.ScriptedServer.delta;
import static dev.forebay.client.ScriptedServer.role;
import static dev.forebay.client.ScriptedServer.stream;
import static dev.forebay.client.ScriptedServer.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.forebay.retry.policy.RetryDecision.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// On real sockets, with the time of waits set by hand.
@Timeout(60)
class ForebayClientTest {
  private static final String ANSWER = whole(200, "", "{\"choices\":[]}");
  private static final Request ASK = Request.post("/chat/completions", "{\"model\":\"m\"}");

  private final HandTimers timers = new HandTimers();
  private final List<ScriptedServer> servers = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (var server : servers) {
      server.close();
    }
  }

  @Test
  void sendsTheCallersBytesAndGivesTheAnswers() throws IOException {
    var server = server(_ -> whole(200, "x-request-id: r1\r\n", "{\"text\":\"你好\"}"));
    var client = builder(server.url()).apiKey("k").header("x-team", "a").build();
    var response = client.send(Request.post("/chat/completions", "{\"q\":\"é\"}"));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isEqualTo("{\"text\":\"你好\"}");
    assertThat(response.headers().first("X-Request-Id")).isEqualTo("r1");
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(server.bodies()).containsExactly("{\"q\":\"é\"}");
    assertThat(server.header("authorization")).containsExactly("Bearer k");
    assertThat(server.header("x-team")).containsExactly("a");
    assertThat(server.header("content-type")).containsExactly("application/json");
    await().until(() -> timers.pending() == 0);
  }

  @Test
  void waitsAsLongAsTheServerSaidAndTriesAgainUnderTheSameKey() throws IOException {
    var server =
        server(n -> n == 1 ? whole(429, "retry-after: 1\r\nretry-after-ms: 50\r\n", "{}") : ANSWER);
    var answer = client(server).sendAsync(ASK.withDeadline(Duration.ofSeconds(30)));
    awaitRetry();
    assertThat(timers.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(55));
    assertThat(server.requests()).isEqualTo(1);
    timers.step();
    assertThat(answer.join().attempts()).isEqualTo(2);
    var keys = server.header("idempotency-key");
    assertThat(keys).hasSize(2).doesNotContain("");
    assertThat(keys.get(0)).isEqualTo(keys.get(1));
  }

  @Test
  void theKeyIsTheSameAtEveryTryAndAnotherForEveryCall() throws IOException {
    var server = server(n -> n % 2 == 1 ? whole(503, "", "{}") : ANSWER);
    var client = client(server);
    for (int i = 0; i < 2; i++) {
      var answer = client.sendAsync(ASK);
      awaitRetry();
      timers.step();
      answer.join();
    }
    var keys = server.header("idempotency-key");
    assertThat(keys).hasSize(4).doesNotContain("");
    assertThat(keys.get(0)).isEqualTo(keys.get(1)).isNotEqualTo(keys.get(2));
    assertThat(keys.get(2)).isEqualTo(keys.get(3));
  }

  @Test
  void aKeyOfTheCallersStays() throws IOException {
    var server = server(_ -> ANSWER);
    client(server).send(ASK.withHeader("Idempotency-Key", "mine"));
    assertThat(server.header("idempotency-key")).containsExactly("mine");
  }

  @Test
  void tellsTheServerHowLongTheCallerStillWaits() throws IOException {
    var server = server(n -> n == 1 ? whole(429, "retry-after: 5\r\n", "{}") : ANSWER);
    var answer = client(server).sendAsync(ASK.withDeadline(Duration.ofSeconds(30)));
    awaitRetry();
    timers.step();
    answer.join();
    var told = server.header("x-deadline-ms").stream().map(Long::parseLong).toList();
    assertThat(told.get(0)).isEqualTo(30_000);
    assertThat(told.get(1)).isBetween(24_500L, 25_000L);
  }

  @Test
  void givesUpAtOnceWhenTheServerSaysToComeBackAfterTheDeadline() throws IOException {
    var server =
        server(_ ->
            whole(
                429,
                "retry-after: 40\r\nx-request-id: r7\r\n",
                "{\"error\":{\"message\":\"slow down\",\"type\":\"requests\","
                    + "\"code\":\"rate_limit_exceeded\"}}"));
    var request = ASK.withDeadline(Duration.ofSeconds(30));
    var refused = catchThrowableOfType(AnsweredException.class, () -> client(server).send(request));
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.code()).isEqualTo("rate_limit_exceeded");
    assertThat(refused.type()).isEqualTo("requests");
    assertThat(refused.requestId()).contains("r7");
    assertThat(refused.retryAfter()).contains(Duration.ofSeconds(40));
    assertThat(refused.reason()).isEqualTo(Reason.DEADLINE);
    assertThat(refused)
        .hasMessage("429 rate_limit_exceeded (slow down), not tried again: DEADLINE after 1");
    assertThat(server.requests()).isEqualTo(1);
    await().until(() -> timers.pending() == 0);
  }

  @Test
  void spentMoneyAndWrongRequestsAreNotTriedAgain() throws IOException {
    var answers =
        List.of(
            whole(429, "", "{\"error\":{\"code\":\"insufficient_quota\"}}"),
            whole(429, "x-should-retry: false\r\n", "{}"),
            whole(400, "", "{}"),
            whole(402, "", "no money"));
    var server = server(n -> answers.get(n - 1));
    var client = client(server);
    for (int i = 1; i <= answers.size(); i++) {
      var refused = catchThrowableOfType(AnsweredException.class, () -> client.send(ASK));
      assertThat(refused.reason()).isEqualTo(Reason.FINAL);
      assertThat(server.requests()).isEqualTo(i);
    }
  }

  @Test
  void aSuccessWithNothingInItIsTriedAgain() throws IOException {
    var answers =
        List.of(
            whole(200, "", "\n\n  "),
            whole(200, "", "{\"error\":{\"type\":\"server_error\"}}"),
            ANSWER);
    var server = server(n -> answers.get(n - 1));
    var answer = client(server).sendAsync(ASK);
    awaitRetry();
    timers.step();
    awaitRetry();
    timers.step();
    assertThat(answer.join().attempts()).isEqualTo(3);
  }

  @Test
  void aDeadConnectionIsTriedAgainAndThenTold() throws IOException {
    var answer = builder(ScriptedServer.deadUrl()).build().sendAsync(ASK);
    awaitRetry();
    timers.step();
    awaitRetry();
    timers.step();
    assertThatThrownBy(answer::join)
        .hasCauseInstanceOf(ConnectionException.class)
        .hasMessageContaining("not tried again: ATTEMPTS after 3");
  }

  @Test
  void whatMayNotBeRepeatedIsTriedOnceUnlessItNeverConnected() throws IOException {
    var server = server(_ -> HANG_UP);
    assertThatThrownBy(() -> client(server).send(ASK.notRepeatable()))
        .isInstanceOf(ConnectionException.class);
    assertThat(server.requests()).isEqualTo(1);
    builder(ScriptedServer.deadUrl()).build().sendAsync(ASK.notRepeatable());
    awaitRetry();
  }

  @Test
  void givesTheEventsOfAStream() throws IOException {
    var server = server(_ -> stream(": hi", role(), delta("a"), delta("b"), "data: [DONE]"));
    try (var events = client(server).stream(ASK)) {
      assertThat(events).containsExactly(event(role()), event(delta("a")), event(delta("b")));
    }
    assertThat(server.header("accept")).containsExactly("text/event-stream");
  }

  @Test
  void aStreamThatBreaksBeforeContentIsBegunAnew() throws IOException {
    var answers =
        List.of(
            begun(": keep-alive", role()) + HANG_UP,
            stream(role(), "data: [DONE]"),
            stream(role(), delta("a"), "data: [DONE]"));
    var server = server(n -> answers.get(n - 1));
    var opened = client(server).streamAsync(ASK);
    awaitRetry();
    timers.step();
    awaitRetry();
    timers.step();
    try (var events = opened.join()) {
      assertThat(events).containsExactly(event(role()), event(delta("a")));
      assertThat(events.attempts()).isEqualTo(3);
    }
  }

  @Test
  void anErrorInAStreamBeforeContentIsTriedAgain() throws IOException {
    var error = "data: {\"error\":{\"code\":\"server_overloaded\"}}";
    var server = server(n -> n == 1 ? stream(role(), error) : stream(delta("a")));
    var opened = client(server).streamAsync(ASK);
    awaitRetry();
    timers.step();
    try (var events = opened.join()) {
      assertThat(events).containsExactly(event(delta("a")));
    }
  }

  @Test
  void aStreamThatBreaksAfterContentIsToldAndNeverBegunAnew() throws IOException {
    var server = server(_ -> begun(delta("a")) + HANG_UP);
    try (var events = client(server).stream(ASK)) {
      var each = events.iterator();
      assertThat(each.next()).isEqualTo(event(delta("a")));
      var broke = catchThrowableOfType(ConnectionException.class, each::hasNext);
      assertThat(broke.contentSent()).isTrue();
      assertThat(broke.reason()).isEqualTo(Reason.CONTENT_SENT);
    }
    assertThat(server.requests()).isEqualTo(1);
  }

  @Test
  void anErrorInAStreamAfterContentIsToldAndNeverTriedAgain() throws IOException {
    var server = server(_ -> stream(delta("a"), "data: {\"error\":{\"code\":\"upstream_error\"}}"));
    try (var events = client(server).stream(ASK)) {
      var each = events.iterator();
      each.next();
      var failed = catchThrowableOfType(AnsweredException.class, each::next);
      assertThat(failed.code()).isEqualTo("upstream_error");
      assertThat(failed.reason()).isEqualTo(Reason.CONTENT_SENT);
    }
    assertThat(server.requests()).isEqualTo(1);
  }

  @Test
  void aStreamThatFallsSilentAfterContentIsGivenUp() throws IOException {
    var server = server(_ -> begun(delta("a")) + STALL);
    var client = builder(server.url()).idleTimeout(Duration.ofMillis(50)).build();
    try (var events = client.stream(ASK)) {
      var each = events.iterator();
      each.next();
      assertThatThrownBy(each::next)
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("the stream said nothing for PT0.05S");
    }
    await().until(() -> server.gone() == 1);
  }

  @Test
  void cancellingClosesTheConnection() throws IOException {
    var server = server(_ -> STALL);
    var answer = client(server).sendAsync(ASK);
    await().until(() -> server.requests() == 1);
    answer.cancel(true);
    await().until(() -> server.gone() == 1);
    await().until(() -> timers.pending() == 0);
  }

  @Test
  void cancellingClosesTheConnectionOfAStreamWithoutContent() throws IOException {
    var server = server(_ -> begun(": keep-alive", role()) + STALL);
    var opened = client(server).streamAsync(ASK);
    await().until(() -> server.requests() == 1);
    opened.cancel(true);
    await().until(() -> server.gone() == 1);
  }

  @Test
  void cancellingBetweenTwoTriesMeansThatTheNextIsNotMade() throws IOException {
    var server = server(_ -> whole(503, "", "{}"));
    var answer = client(server).sendAsync(ASK);
    awaitRetry();
    answer.cancel(true);
    await().until(() -> timers.pending() == 0);
    assertThat(server.requests()).isEqualTo(1);
  }

  @Test
  void closingAStreamClosesItsConnection() throws IOException {
    var server = server(_ -> begun(delta("a")) + STALL);
    try (var events = client(server).stream(ASK)) {
      assertThat(events.iterator().next()).isEqualTo(event(delta("a")));
    }
    await().until(() -> server.gone() == 1);
  }

  @Test
  void interruptingWhoWaitsCancelsTheCall() throws Exception {
    var server = server(_ -> STALL);
    var thrown = new AtomicReference<Throwable>();
    var waiting =
        Thread.ofPlatform()
            .start(() -> {
              try {
                client(server).send(ASK);
              } catch (CancellationException e) {
                thrown.set(e);
              }
            });
    await().until(() -> server.requests() == 1);
    waiting.interrupt();
    waiting.join();
    assertThat(thrown.get()).hasMessage("interrupted");
    await().until(() -> server.gone() == 1);
  }

  @Test
  void theDeadlineEndsACallAndClosesItsConnection() throws IOException {
    var server = server(_ -> STALL);
    var answer = client(server).sendAsync(ASK.withDeadline(Duration.ofSeconds(20)));
    await().until(() -> server.requests() == 1);
    assertThat(timers.next()).isEqualTo(Duration.ofSeconds(20));
    timers.step();
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOf(DeadlineException.class)
        .hasMessage("no answer within PT20S, tries: 1");
    await().until(() -> server.gone() == 1);
  }

  @Test
  void aDeadlineTellsWhatTheTryBeforeEndedIn() throws IOException {
    var server = server(n -> n == 1 ? whole(503, "", "{}") : STALL);
    var answer = client(server).sendAsync(ASK.withDeadline(Duration.ofSeconds(20)));
    awaitRetry();
    timers.step();
    await().until(() -> server.requests() == 2);
    timers.step();
    var late = catchThrowableOfType(CompletionException.class, answer::join);
    assertThat(late).cause().isInstanceOf(DeadlineException.class);
    assertThat(late.getCause()).cause().isInstanceOf(AnsweredException.class);
  }

  @Test
  void anAnswerThatIsTooLargeIsNotHeld() throws IOException {
    var server = server(_ -> whole(200, "", "x".repeat(2_000)));
    var client = builder(server.url()).maxAnswerBytes(1_000).retry(RetryPreset.NONE).build();
    assertThatThrownBy(() -> client.send(ASK))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("an answer of more than 1000 bytes");
  }

  @Test
  void leavesABrokenHostAloneAndFindsItWhenItIsBack() throws IOException {
    var server = server(n -> n <= 10 ? whole(500, "", "{}") : ANSWER);
    var client = builder(server.url()).retry(RetryPreset.NONE).build();
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> client.send(ASK)).isInstanceOf(AnsweredException.class);
    }
    var refused = catchThrowableOfType(BreakerOpenException.class, () -> client.send(ASK));
    assertThat(refused.attempts()).isZero();
    assertThat(server.requests()).isEqualTo(10);
    timers.advance(refused.retryAfter().orElseThrow());
    for (int i = 0; i < 20; i++) {
      assertThat(client.send(ASK).status()).isEqualTo(200);
    }
  }

  @Test
  void asksEachHostByItsOwnBudgetAndBreaker() throws IOException {
    var broken = server(_ -> whole(500, "", "{}"));
    var well = server(_ -> ANSWER);
    var client = builder(well.url()).retry(RetryPreset.NONE).build();
    for (int i = 0; i < 11; i++) {
      var elsewhere = Request.post(broken.url() + "/chat/completions", "{}");
      assertThatThrownBy(() -> client.send(elsewhere)).isInstanceOf(CallException.class);
    }
    assertThat(broken.requests()).isEqualTo(10);
    assertThat(client.send(ASK).status()).isEqualTo(200);
  }

  @Test
  void manyStreamsAtOnceArriveWhole() throws IOException {
    var events = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      events.add(delta("word " + i + " of 你好"));
    }
    var server = server(_ -> stream(events.toArray(String[]::new)));
    var client = client(server);
    var opened = new ArrayList<CompletableFuture<EventStream>>();
    for (int i = 0; i < 50; i++) {
      opened.add(client.streamAsync(ASK));
    }
    for (var each : opened) {
      try (var stream = each.join()) {
        assertThat(stream)
            .containsExactlyElementsOf(events.stream().map(ForebayClientTest::event).toList());
      }
    }
  }

  @Test
  void whatFollowsAFutureMayReadTheStreamThere() throws IOException {
    var events = new ArrayList<String>();
    for (int i = 0; i < 2_000; i++) {
      events.add(delta("x".repeat(100)));
    }
    var server = server(_ -> stream(events.toArray(String[]::new)));
    var read =
        ForebayClient.builder(server.url())
            .build()
            .streamAsync(ASK)
            .thenApply(stream -> {
              try (stream) {
                var seen = new ArrayList<ServerSentEvent>();
                stream.forEach(seen::add);
                return seen.size();
              }
            });
    assertThat(read.join()).isEqualTo(2_000);
  }

  @Test
  void aKeyThatCannotBeSentIsRefusedWithoutBeingTold() {
    assertThatThrownBy(() -> ForebayClient.builder("http://127.0.0.1:1").apiKey("secret\n"))
        .hasMessage("header authorization must be without line ends and other control characters");
  }

  @Test
  void noKeyIsToldByWhatIsPrinted() {
    var headers = Headers.NONE.with("Authorization", "Bearer secret");
    assertThat(headers.toString()).doesNotContain("secret");
    assertThat(ASK.withHeaders(headers).toString()).doesNotContain("secret");
  }

  private static ServerSentEvent event(String line) {
    return new ServerSentEvent("", line.substring("data: ".length()));
  }

  private ScriptedServer server(ScriptedServer.Script script) throws IOException {
    var server = new ScriptedServer(script);
    servers.add(server);
    return server;
  }

  private ForebayClient client(ScriptedServer server) {
    return builder(server.url()).build();
  }

  private ForebayClient.Builder builder(String url) {
    return ForebayClient.builder(url).timers(timers).random(Seeds.random(1));
  }

  /// Until a call waits for its next try; its deadline is far behind that.
  private void awaitRetry() {
    await().until(() -> timers.next().compareTo(Duration.ofSeconds(10)) < 0);
  }
}
