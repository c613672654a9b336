package dev.forebay.lab.wire;

import static dev.forebay.lab.wire.ScriptedUpstream.chunk;
import static dev.forebay.lab.wire.ScriptedUpstream.chunkedHead;
import static dev.forebay.lab.wire.ScriptedUpstream.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// Whoever serves a call has its time from when it was asked: what the call waited in the queue is
/// the queue's matter.
@Timeout(60)
class WaitAndLimitsTest {
  private static final String ANSWER =
      """
      data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}

      data: [DONE]

      """;

  private final Semaphore served = new Semaphore(0);

  @Test
  void whatWaitedLongerThanTheFirstContentMayTakeIsServed() throws Exception {
    String extra =
        """
        accounts: {one: {concurrency: 1}}
        upstream: {firstContent: 1s, commitAfter: 1s}
        queue: {patience: [30s, 30s, 30s, 30s]}
        """;
    try (var upstream = new ScriptedUpstream(asked -> answer(asked.body()));
        var gateway = new WireGateway(", account: one", extra, upstream)) {
      var running = call(gateway, "{\"model\":\"m\"}", "runs");
      await().until(() -> upstream.asked().size() == 1);
      var waiting = call(gateway, "{\"model\":\"m\",\"stream\":true}", "waits");
      await().until(() -> hasWaited(gateway, "waits", Duration.ofMillis(1_200)));
      served.release();

      assertThat(running.join().statusCode()).isEqualTo(200);
      assertThat(waiting.join().statusCode()).isEqualTo(200);
      assertThat(waiting.join().body()).as("no keep-alive before").isEqualTo(ANSWER);
    }
  }

  private static boolean hasWaited(WireGateway gateway, String id, Duration longer)
      throws Exception {
    JsonNode waits = gateway.adminJson("/admin/explain/" + id);
    return waits.has("waits_for")
        && Instant.parse(waits.path("arrived").asString()).plus(longer).isBefore(Instant.now());
  }

  /// A stream's first content takes a moment.
  private List<String> answer(String body) {
    try {
      if (body.contains("stream")) {
        assertThat(served.tryAcquire(300, TimeUnit.MILLISECONDS)).isFalse();
        return List.of(chunkedHead(), chunk(ANSWER), "0\r\n\r\n");
      }
      served.acquire();
      return json(200, "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"hi\"}}]}");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CompletableFuture<HttpResponse<String>> call(
      WireGateway gateway, String body, String id) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return gateway.chat(body, "x-request-id", id);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }
}
