package dev.forebay.lab.wire;

import static dev.forebay.lab.wire.ScriptedUpstream.chunk;
import static dev.forebay.lab.wire.ScriptedUpstream.chunkedHead;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.server.config.GatewayConfig;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The room of a replica that has come just now, or left by one reload and returned by the next
/// while calls run on it.
@Timeout(60)
class ReturningReplicaTest {
  private static final String ANSWER =
      """
      data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}

      data: [DONE]

      """;

  /// One that the engine computes, and two that may wait there.
  private static final int ROOM = 3;

  private final Semaphore served = new Semaphore(0);

  @Test
  void theCallsThatRunOnItStillTakeItsRoom() throws Exception {
    try (var upstream = new ScriptedUpstream(_ -> answer());
        var other = new ScriptedUpstream(_ -> answer())) {
      GatewayConfig here = config(upstream);
      try (var gateway = new WireGateway(here)) {
        await().until(() -> gateway.admin("/admin/gpus").body().contains("max_num_seqs"));
        var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < ROOM; i++) {
          calls.add(call(gateway));
        }
        await().until(() -> upstream.asked().size() == ROOM);
        gateway.gateway().reload(config(other));
        gateway.gateway().reload(here);
        calls.add(call(gateway));

        await().until(() -> oneMoreIsThereOrWaits(upstream, gateway));
        assertThat(upstream.asked()).hasSize(ROOM);
        served.release(ROOM + 1);
        assertThat(calls).allMatch(each -> each.join().statusCode() == 200);
      } finally {
        served.release(ROOM + 1);
      }
    }
  }

  @Test
  void whatIsWrittenOfItsSizeBindsFromItsFirstCall() throws Exception {
    String seldomAsked = "gpu: {scrape: {every: 60s}}";
    try (var upstream = new ScriptedUpstream(_ -> answer());
        var before = new ScriptedUpstream(_ -> answer());
        var gateway = new WireGateway(config(before, seldomAsked))) {
      gateway.gateway().reload(config(upstream, seldomAsked));
      var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
      for (int i = 0; i < ROOM + 1; i++) {
        calls.add(call(gateway));
      }
      await().until(() -> oneMoreIsThereOrWaits(upstream, gateway));
      assertThat(upstream.asked()).hasSizeLessThanOrEqualTo(ROOM);
      served.release(ROOM + 1);
      assertThat(calls).allMatch(each -> each.join().statusCode() == 200);
    } finally {
      served.release(ROOM + 1);
    }
  }

  private static boolean oneMoreIsThereOrWaits(ScriptedUpstream upstream, WireGateway gateway)
      throws Exception {
    return upstream.asked().size() > ROOM
        || gateway.admin("/metrics").body().contains("waiting{pool=\"chat\"} 1.0");
  }

  private List<String> answer() {
    served.acquireUninterruptibly();
    return List.of(chunkedHead(), chunk(ANSWER), "0\r\n\r\n");
  }

  private static GatewayConfig config(ScriptedUpstream replica) {
    return config(replica, "");
  }

  private static GatewayConfig config(ScriptedUpstream replica, String extra) {
    return WireGateway.config(", kv: {tokens: 100000}, maxNumSeqs: 1", extra, replica);
  }

  private static CompletableFuture<HttpResponse<String>> call(WireGateway gateway) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return gateway.chat("{\"model\":\"m\",\"stream\":true,\"max_tokens\":9}");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }
}
