package dev.forebay.lab;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.hostile.RawEngine;
import dev.forebay.lab.hostile.RawEngine.Seen;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a provider says to one replica holds for all that share its account, on real sockets.
@Timeout(60)
class AccountsTest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final List<Provider> providers = new ArrayList<>();

  @AfterEach
  void close() {
    providers.forEach(Provider::close);
  }

  @Test
  void aPauseThatOneReplicaAsksForIsKeptByAllOfItsAccount() throws Exception {
    try (Gateway gateway = before(3, "account: hosted")) {
      providers.forEach(each -> each.says(429, "retry-after: 7\r\n", "{}"));
      assertComesBack(call(gateway), 6_000, 7_000);
      assertThat(calls()).as("and no other replica is asked").isEqualTo(1);
      providers.forEach(Provider::serves);
      for (int i = 0; i < 20; i++) {
        assertComesBack(call(gateway), 1, 7_000);
      }
      assertThat(calls()).as("nobody is asked meanwhile").isZero();
    }
  }

  @Test
  void afterThePauseTheyServeAgain() throws Exception {
    try (Gateway gateway = before(3, "account: hosted")) {
      providers.forEach(each -> each.says(503, "retry-after-ms: 300\r\n", "{}"));
      long asked = System.nanoTime();
      assertComesBack(call(gateway), 1, 300);
      providers.forEach(Provider::serves);
      HttpResponse<String> answer = call(gateway);
      while (answer.statusCode() != 200) {
        assertComesBack(answer, 1, 300);
        answer = call(gateway);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(Duration.ofMillis(300));
      assertThat(calls())
          .as("three tries of one call, after a pause each, and one that is served")
          .isEqualTo(4);
    }
  }

  @Test
  void replicasThatStandAlonePauseAlone() throws Exception {
    try (Gateway gateway = before(2, "account: ''")) {
      providers.getFirst().says(429, "retry-after: 7\r\n", "{}");
      for (int i = 0; i < 20; i++) {
        assertThat(call(gateway).statusCode()).isEqualTo(200);
      }
      assertThat(providers.getFirst().engine.take()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "402 | {'error':{'message':'Insufficient Balance','code':'invalid_request_error'}}",
        "401 | {'error':{'message':'Incorrect API key provided: sk-sec***','code':'invalid_api_key'}}",
        "429 | {'error':{'message':'You exceeded your current quota','code':'insufficient_quota'}}",
        "429 | {'error':{'type':'billing_hard_limit_reached','code':null}}",
      })
  void anAccountThatIsSpentOrRefusedIsNotAskedAgain(int status, String body) throws Exception {
    try (Gateway gateway = before(2, "account: hosted, key: sk-secret")) {
      String said = body.replace('\'', '"');
      providers.forEach(each -> each.says(status, "retry-after: 1\r\n", said));
      assertRefused(call(gateway));
      assertThat(calls()).isEqualTo(1);
      providers.forEach(Provider::serves);
      assertRefused(call(gateway));
      assertThat(calls()).isZero();
      assertThat(read(gateway, "/admin/replicas"))
          .contains("\"state\" : \"refused\"", "\"account\" : \"hosted\"", "it answered " + status)
          .doesNotContain("sk-sec");
      assertThat(read(gateway, "/metrics"))
          .contains("forebay_account_refused{account=\"hosted\"} 1.0")
          .contains("forebay_account_open{account=\"hosted\"} 0.0");
    }
  }

  @Test
  void whatIsForbiddenOnceIsTheCallsAffair() throws Exception {
    try (Gateway gateway = before(1, "account: hosted, key: sk-secret")) {
      providers.forEach(each -> each.says(403, "", "{}"));
      assertRefused(call(gateway));
      providers.forEach(Provider::serves);
      assertThat(call(gateway).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withoutAKeyOfItsOwnTheGatewayPassesOnWhatTheReplicaSays() throws Exception {
    try (Gateway gateway = before(1, "account: hosted")) {
      for (int status : new int[] {401, 402, 403}) {
        providers.forEach(each -> each.says(status, "", "{\"error\":\"yours\"}"));
        HttpResponse<String> answer = call(gateway);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("{\"error\":\"yours\"}");
        assertThat(answer.headers().firstValue("x-forebay-reason")).isEmpty();
      }
    }
  }

  @Test
  void anotherPoolServesWhileTheAccountIsSpent() throws Exception {
    try (Gateway gateway = withSpare("account: hosted, key: sk-secret")) {
      Provider spare = providers.getLast();
      providers.getFirst().says(402, "", "{}");
      assertServedBy(spare, call(gateway), 2);
      assertThat(providers.getFirst().engine.take()).hasSize(1);
      assertServedBy(spare, call(gateway), 1);
      assertThat(providers.getFirst().engine.take()).isEmpty();
    }
  }

  @Test
  void anotherPoolServesWhileTheOwnOnePausesOrFails() throws Exception {
    try (Gateway gateway = withSpare("account: hosted")) {
      Provider own = providers.getFirst();
      Provider spare = providers.getLast();
      own.says(500, "", "{}");
      assertServedBy(spare, call(gateway), 2);
      own.says(429, "retry-after: 7\r\n", "{}");
      assertServedBy(spare, call(gateway), 2);
      assertServedBy(spare, call(gateway), 1);
      assertThat(own.engine.take()).hasSize(2);
      // longer than a call waits for
      spare.says(429, "retry-after: 6\r\n", "{}");
      assertComesBack(call(gateway), 5_000, 6_000);
      assertComesBack(call(gateway), 1, 6_000);
      assertThat(spare.engine.take()).as("nobody is asked any more").hasSize(1);
    }
  }

  @Test
  void whatAFullAccountCannotTakeGoesElsewhereAndThenBack() throws Exception {
    try (Gateway gateway = withSpare("account: hosted", 1)) {
      Provider spare = providers.getLast();
      assertThat(call(gateway).statusCode()).isEqualTo(200);
      assertThat(providers.getFirst().engine.take()).hasSize(1);
      assertServedBy(spare, call(gateway), 1);
      spare.says(503, "retry-after: 70\r\n", "{}");
      assertComesBack(call(gateway), 50_000, 70_000);
      assertComesBack(call(gateway), 50_000, 60_000);
      assertThat(providers.getFirst().engine.take()).as("once a minute").isEmpty();
      assertThat(spare.engine.take()).hasSize(1);
    }
  }

  /// A pool of one provider, and one that serves another model in its place.
  private Gateway withSpare(String pool) throws Exception {
    return withSpare(pool, 0);
  }

  /// @param requests that its account may have in a minute; 0 for all
  private Gateway withSpare(String pool, int requests) throws Exception {
    return start(
        "chat: {models: [m], replicas: [%s], %s, fallback: [spare]},"
                .formatted(provider().url(), pool)
            + " spare: {models: [other], replicas: [%s]}".formatted(provider().url()),
        requests);
  }

  /// @param attempts replicas that were asked, the one that serves included
  private static void assertServedBy(Provider spare, HttpResponse<String> answer, int attempts) {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-forebay-replica"))
        .hasValue("127.0.0.1:" + spare.engine.port());
    assertThat(answer.headers().firstValueAsLong("x-forebay-attempts")).hasValue(attempts);
    assertThat(spare.engine.take())
        .singleElement()
        .satisfies(seen -> {
          assertThat(seen.rubbish()).isNull();
          assertThat(seen.body()).isEqualTo(body("other"));
        });
  }

  private static String body(String model) {
    return "{\"max_tokens\":5,\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
        .formatted(model);
  }

  private static void assertRefused(HttpResponse<String> refused) {
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("x-forebay-reason")).hasValue("upstream_account");
    assertThat(refused.body()).contains("the gateway's own account").doesNotContain("sk-sec");
  }

  private static String read(Gateway gateway, String path) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + gateway.adminPort() + path);
    return HTTP.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
  }

  /// Told from so many milliseconds on; every refusal is told up to a tenth later than it must be.
  private static void assertComesBack(HttpResponse<String> refused, long from, long to) {
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("x-forebay-reason")).hasValue("server_overloaded");
    assertThat(refused.headers().firstValueAsLong("retry-after-ms").orElse(0))
        .isBetween(from, to + Math.max(20, to / 10));
  }

  /// Calls that reached a provider since this was asked last.
  private int calls() {
    return providers.stream().mapToInt(each -> each.engine.take().size()).sum();
  }

  private Gateway before(int replicas, String pool) throws Exception {
    List<String> urls = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      urls.add(provider().url());
    }
    return start("chat: {models: [m], replicas: %s, %s}".formatted(urls, pool), 0);
  }

  private Provider provider() throws IOException {
    var provider = new Provider();
    providers.add(provider);
    return provider;
  }

  private static Gateway start(String pools, int requests) throws Exception {
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        poolDefaults: {probe: {timeout: 10s}}
        accounts: {hosted: {requests: %d}}
        pools: {%s}
        """
            .formatted(requests, pools);
    return Gateway.start(new ConfigLoader().parse(yaml, "test", Path.of("")));
  }

  private static HttpResponse<String> call(Gateway gateway) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(LocalGateway.baseUrl(gateway) + "/chat/completions"))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body("m")))
            .build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  /// An engine that serves, or says to every call what it was told to.
  private static final class Provider {
    private final RawEngine engine = new RawEngine(this::answer);
    private volatile String refusal = "";

    Provider() throws IOException {}

    String url() {
      return "'http://127.0.0.1:" + engine.port() + "'";
    }

    void serves() {
      refusal = "";
    }

    void says(int status, String headers, String body) {
      refusal =
          "HTTP/1.1 %d Said\r\n%scontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
              .formatted(status, headers, body.length(), body);
    }

    private boolean answer(Seen request, OutputStream out) throws IOException {
      String said = refusal;
      if (said.isEmpty()) {
        return RawEngine.answerPlainly(request, out);
      }
      out.write(said.getBytes(ISO_8859_1));
      out.flush();
      return true;
    }

    void close() {
      engine.close();
    }
  }
}
