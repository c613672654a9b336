package dev.forebay.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.admin.Readiness.NotReady;
import dev.forebay.server.admin.Readiness.Ready;
import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final AtomicReference<Readiness> readiness = new AtomicReference<>(new Ready());

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
  void nothingCanBeChanged() throws Exception {
    try (AdminServer admin = start("")) {
      HttpResponse<String> answer = send(admin, "POST", "/metrics", "X-Any", "1");
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
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
    try (AdminServer admin =
        AdminServer.start(
            config(""),
            readiness::get,
            () -> {
              throw new IllegalStateException("inner detail");
            },
            () -> "{}")) {
      HttpResponse<String> answer = get(admin, "/metrics");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("inner detail");
    }
  }

  private AdminServer start(String token) throws IOException {
    return AdminServer.start(config(token), readiness::get, () -> "up 1\n", () -> "{}");
  }

  private static AdminConfig config(String token) {
    return new AdminConfig(new Address("127.0.0.1", 0), new Secret(token));
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
