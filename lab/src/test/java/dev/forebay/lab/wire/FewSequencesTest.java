package dev.forebay.lab.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.lab.chaos.Rig;
import dev.forebay.lab.engine.EngineObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An engine that computes two sequences at once and, like vLLM, does not say so: from the first
/// call on what it cannot compute waits here, where better calls overtake it.
@Timeout(60)
class FewSequencesTest {
  private static final String BATCH = "3";

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aBetterClassIsNotKeptWaitingInTheEngine() throws Exception {
    String anybody = "limits: {tenants: {anonymous: {priority: 0}}}";
    try (http;
        Rig rig = rig(anybody)) {
      await().until(() -> get(rig, "/admin/gpus").contains("\"running\""));
      List<CompletableFuture<HttpResponse<String>>> batch = batch(rig);
      await().until(() -> waiting(rig) >= 8);
      var urgent = call(rig, "0").join();

      assertThat(urgent.statusCode()).isEqualTo(200);
      assertThat(batch.stream().filter(CompletableFuture::isDone).count())
          .as("those that were there, and who ran beside it")
          .isLessThanOrEqualTo(6);
      assertThat(batch.stream().map(each -> each.join().statusCode())).containsOnly(200);
    }
  }

  private List<CompletableFuture<HttpResponse<String>>> batch(Rig rig) {
    return IntStream.range(0, 12).mapToObj(_ -> call(rig, BATCH)).toList();
  }

  private static Rig rig(String extra) throws Exception {
    return new Rig(
        1,
        EngineObserver.NONE,
        config -> config.withScheduler(config.scheduler().withMaxNumSeqs(2)),
        extra);
  }

  private CompletableFuture<HttpResponse<String>> call(Rig rig, String priority) {
    String body =
        """
        {"model":"lab","stream":true,"max_tokens":40,"messages":[{"role":"user","content":"hi"}]}\
        """;
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + rig.gateway().port() + "/v1/chat/completions"))
            .headers("content-type", "application/json", "x-forebay-priority", priority)
            .POST(BodyPublishers.ofString(body));
    return http.sendAsync(request.build(), BodyHandlers.ofString());
  }

  private long waiting(Rig rig) throws Exception {
    String page = get(rig, "/metrics");
    String name = "forebay_queue_waiting{pool=\"lab\"} ";
    int at = page.indexOf(name);
    return at < 0
        ? 0
        : (long)
            Double.parseDouble(
                page.substring(at + name.length()).lines().findFirst().orElseThrow());
  }

  private String get(Rig rig, String path) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + rig.gateway().adminPort() + path);
    return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
  }
}
