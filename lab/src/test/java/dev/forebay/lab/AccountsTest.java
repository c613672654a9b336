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
      assertThat(calls()).as("one was refused and one served").isEqualTo(2);
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

  private static void assertComesBack(HttpResponse<String> refused, long from, long to) {
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("x-forebay-reason")).hasValue("server_overloaded");
    assertThat(refused.headers().firstValueAsLong("retry-after-ms").orElse(0)).isBetween(from, to);
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
    return start("chat: {models: [m], replicas: %s, %s}".formatted(urls, pool));
  }

  private Provider provider() throws IOException {
    var provider = new Provider();
    providers.add(provider);
    return provider;
  }

  private static Gateway start(String pools) throws Exception {
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        poolDefaults: {probe: {timeout: 10s}}
        pools: {%s}
        """
            .formatted(pools);
    return Gateway.start(new ConfigLoader().parse(yaml, "test", Path.of("")));
  }

  private static HttpResponse<String> call(Gateway gateway) throws Exception {
    String body =
        "{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    var request =
        HttpRequest.newBuilder(URI.create(LocalGateway.baseUrl(gateway) + "/chat/completions"))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
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
