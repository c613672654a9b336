package dev.forebay.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.admin.Page.Content;
import dev.forebay.server.admin.Readiness.NotReady;
import dev.forebay.server.admin.Readiness.Ready;
import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final AtomicReference<Readiness> readiness = new AtomicReference<>(new Ready());
  private final AtomicReference<Secret> token = new AtomicReference<>(new Secret(""));
  private final AtomicInteger acted = new AtomicInteger();

  @Test
  void saysThatItIsAliveAndWhichVersionItIs() throws Exception {
    try (AdminServer admin = start("")) {
      HttpResponse<String> answer = get(admin, "/healthz");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("forebay ok\n");
      assertThat(answer.headers().firstValue("x-forebay-version").orElse("")).matches("\\d+\\..*");
    }
  }

  @Test
  void isReadyOrSaysWhyNot() throws Exception {
    try (AdminServer admin = start("")) {
      assertThat(get(admin, "/readyz").statusCode()).isEqualTo(200);
      readiness.set(new NotReady("no replica is up"));
      HttpResponse<String> answer = get(admin, "/readyz");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("no replica is up");
    }
  }

  @Test
  void showsReadingsAndReplicas() throws Exception {
    try (AdminServer admin = start("")) {
      HttpResponse<String> metrics = get(admin, "/metrics?name=x");
      assertThat(metrics.body()).isEqualTo("up 1\n");
      assertThat(metrics.headers().firstValue("content-type").orElse(""))
          .startsWith("text/plain; version=0.0.4");
      HttpResponse<String> replicas = get(admin, "/admin/replicas");
      assertThat(replicas.body()).isEqualTo("{}");
      assertThat(replicas.headers().firstValue("content-type")).hasValue("application/json");
    }
  }

  @Test
  void showsWhatIsInsideOnlyToWhoHasTheToken() throws Exception {
    try (AdminServer admin = start("s3cret")) {
      for (String path : List.of("/healthz", "/readyz")) {
        assertThat(get(admin, path).statusCode()).as(path).isEqualTo(200);
      }
      for (String path : List.of("/metrics", "/admin/replicas", "/other")) {
        HttpResponse<String> answer = get(admin, path);
        assertThat(answer.statusCode()).as(path).isEqualTo(401);
        assertThat(answer.body()).contains("admin.token").doesNotContain("s3cret");
        assertThat(answer.headers().firstValue("www-authenticate").orElse("")).contains("Bearer");
      }
      for (String wrong : List.of("Bearer s3cre", "Bearer s3crets", "Bearer ", "Basic s3cret")) {
        assertThat(send(admin, "GET", "/metrics", "Authorization", wrong).statusCode())
            .as(wrong)
            .isEqualTo(401);
      }
      for (String right : List.of("Bearer s3cret", "bearer s3cret")) {
        assertThat(send(admin, "GET", "/metrics", "Authorization", right).statusCode())
            .as(right)
            .isEqualTo(200);
      }
    }
  }

  @Test
  void aNewTokenHoldsFromTheNextRequestOn() throws Exception {
    try (AdminServer admin = start("old")) {
      token.set(new Secret("new"));
      assertThat(send(admin, "GET", "/metrics", "Authorization", "Bearer old").statusCode())
          .isEqualTo(401);
      assertThat(send(admin, "GET", "/metrics", "Authorization", "Bearer new").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aReadingCannotBeChanged() throws Exception {
    try (AdminServer admin = start("")) {
      HttpResponse<String> answer = send(admin, "POST", "/metrics", "X-Any", "1");
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
    }
  }

  @Test
  void anActionIsDoneByAPostWithTheTokenOnly() throws Exception {
    try (AdminServer admin = start("s3cret")) {
      HttpResponse<String> read = send(admin, "GET", "/act", "Authorization", "Bearer s3cret");
      assertThat(read.statusCode()).isEqualTo(405);
      assertThat(read.headers().firstValue("allow")).hasValue("POST");
      assertThat(send(admin, "HEAD", "/act", "Authorization", "Bearer s3cret").statusCode())
          .isEqualTo(405);
      assertThat(send(admin, "POST", "/act", "X-Any", "1").statusCode()).isEqualTo(401);
      assertThat(acted.get()).isZero();
      assertThat(send(admin, "POST", "/act", "Authorization", "Bearer s3cret").body())
          .isEqualTo("done\n");
      assertThat(acted.get()).isOne();
    }
  }

  @Test
  void noWebPageLooksInside() throws Exception {
    try (AdminServer admin = start("")) {
      for (String path : List.of("/metrics", "/admin/replicas", "/act", "/other")) {
        assertThat(raw(admin, "POST", path, "Origin: https://evil.example").lines().findFirst())
            .as(path)
            .hasValue("HTTP/1.1 403 Forbidden");
      }
      assertThat(raw(admin, "GET", "/metrics", "Origin: null")).startsWith("HTTP/1.1 403");
      assertThat(raw(admin, "GET", "/metrics", "Origin: http://HOST")).startsWith("HTTP/1.1 200");
      assertThat(acted.get()).isZero();
    }
  }

  @Test
  void noWebPageLooksInsideEvenWithTheToken() throws Exception {
    try (AdminServer admin = start("s3cret")) {
      String headers = "Origin: https://evil.example\r\nAuthorization: Bearer s3cret";
      assertThat(raw(admin, "GET", "/metrics", headers)).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void aForeignHostIsTurnedAwayWhereNoTokenProtects() throws Exception {
    try (AdminServer admin = start("")) {
      assertThat(rawTo(admin, "evil.example:8021", "/metrics", "X-Any: 1"))
          .startsWith("HTTP/1.1 403");
      for (String host : List.of("localhost:1", "127.0.0.1", "[::1]:8021")) {
        assertThat(rawTo(admin, host, "/metrics", "X-Any: 1")).as(host).startsWith("HTTP/1.1 200");
      }
    }
    try (AdminServer admin = start("s3cret")) {
      String right = "Authorization: Bearer s3cret";
      assertThat(rawTo(admin, "gateway.internal", "/metrics", right)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void probesOfAnyOriginAndHostLearnWhetherItLives() throws Exception {
    try (AdminServer admin = start("s3cret")) {
      for (String path : List.of("/healthz", "/readyz")) {
        assertThat(rawTo(admin, "10.0.0.7:8021", path, "Origin: https://any.example"))
            .as(path)
            .startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void headTellsTheLengthAndSendsNothing() throws Exception {
    try (AdminServer admin = start("")) {
      HttpResponse<String> answer = send(admin, "HEAD", "/metrics", "X-Any", "1");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
      assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(5);
    }
  }

  @Test
  void whoIsLostIsToldThePaths() throws Exception {
    try (AdminServer admin = start("")) {
      HttpResponse<String> answer = get(admin, "/metricz");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("/healthz", "/readyz", "/metrics", "/admin/replicas");
    }
  }

  @Test
  void aReadingThatFailsIsAnErrorAndNoHang() throws Exception {
    Supplier<String> broken =
        () -> {
          throw new IllegalStateException("inner detail");
        };
    try (AdminServer admin = start(List.of(Page.metrics("/metrics", broken)))) {
      HttpResponse<String> answer = get(admin, "/metrics");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("inner detail");
    }
  }

  private AdminServer start(String secret) throws IOException {
    token.set(new Secret(secret));
    return start(
        List.of(
            Page.metrics("/metrics", () -> "up 1\n"),
            Page.json("/admin/replicas", () -> "{}"),
            Page.action(
                "/act",
                () -> {
                  acted.incrementAndGet();
                  return Content.text(200, "done\n");
                })));
  }

  private AdminServer start(List<Page> pages) throws IOException {
    return AdminServer.start(new Address("127.0.0.1", 0), token::get, readiness::get, pages);
  }

  private static String raw(AdminServer admin, String method, String path, String headers)
      throws IOException {
    String host = "127.0.0.1:" + admin.port();
    return exchange(admin, method, host, path, headers.replace("HOST", host));
  }

  private static String rawTo(AdminServer admin, String host, String path, String headers)
      throws IOException {
    return exchange(admin, "GET", host, path, headers);
  }

  /// As a browser would send it; Java's client sets neither Host nor Origin.
  private static String exchange(
      AdminServer admin, String method, String host, String path, String headers)
      throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
      String request =
          "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
              .formatted(method, path, host, headers);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static HttpResponse<String> get(AdminServer admin, String path) throws Exception {
    return send(admin, "GET", path, "X-Any", "1");
  }

  private static HttpResponse<String> send(
      AdminServer admin, String method, String path, String header, String value) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + admin.port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, BodyPublishers.noBody())
            .header(header, value)
            .build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }
}
