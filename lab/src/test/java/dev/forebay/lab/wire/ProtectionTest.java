package dev.forebay.lab.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A process that has too little of something refuses new calls unread, serves those that it has,
/// and takes calls again.
@Timeout(60)
class ProtectionTest {
  private static final String ASK = "{\"model\":\"m\"}";
  private static final String ANSWER =
      "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}";

  @Test
  void newCallsAreRefusedUnreadWhileThereIsTooLittleAndTakenAgainAfterwards() throws Exception {
    var answers = new CountDownLatch(1);
    try (var upstream =
            new ScriptedUpstream(asked -> {
              if (asked.body().equals(ASK)) {
                wait(answers);
              }
              return ScriptedUpstream.json(200, ANSWER);
            });
        var gateway = new WireGateway("", "protection: {calls: 1}", upstream)) {
      var first = CompletableFuture.supplyAsync(() -> chat(gateway), Thread::startVirtualThread);
      await().until(() -> gateway.admin("/readyz").statusCode() == 503);
      assertThat(gateway.admin("/readyz").body())
          .isEqualTo("not ready: new calls are refused: too little calls\n");

      String refused = refusedUnread(gateway.gateway().port());
      assertThat(refused)
          .startsWith("HTTP/1.1 503 ")
          .contains("x-forebay-reason: gateway_full\r\n")
          .contains("\r\nretry-after: ")
          .contains("x-should-retry: true\r\n");
      // The refused one is over once its loop has seen its answer leave.
      await()
          .untilAsserted(() ->
              assertThat(gateway.admin("/metrics").body())
                  .contains("forebay_protection_scarce 1.0")
                  .contains("forebay_protection_share{of=\"calls\"} 1.0")
                  .contains("forebay_shed_total{reason=\"gateway_full\"} 1.0"));

      answers.countDown();
      assertThat(first.join().statusCode()).as("the call under way").isEqualTo(200);
      await().until(() -> gateway.admin("/readyz").statusCode() == 200);
      assertThat(gateway.chat(ASK).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void marksFollowTheConfigurationAndACallThatIsAloneComesIn() throws Exception {
    try (var upstream = new ScriptedUpstream(_ -> ScriptedUpstream.json(200, ANSWER));
        var gateway = new WireGateway("", "protection: {connections: 1}", upstream);
        var _ = new Socket(InetAddress.getLoopbackAddress(), gateway.gateway().port())) {
      await().until(() -> gateway.admin("/readyz").body().contains("too little connections"));
      assertThat(gateway.chat(ASK).statusCode()).as("nobody else is there").isEqualTo(200);

      gateway.gateway().reload(WireGateway.config("", "protection: {connections: 0}", upstream));
      await().until(() -> gateway.admin("/readyz").statusCode() == 200);
    }
  }

  /// Announces a body and sends none of it.
  private static String refusedUnread(int port) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              """
              POST /v1/chat/completions HTTP/1.1\r
              host: 127.0.0.1\r
              content-type: application/json\r
              content-length: 1000000\r
              \r
              """
                  .getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static HttpResponse<String> chat(WireGateway gateway) {
    try {
      return gateway.chat(ASK);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void wait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
