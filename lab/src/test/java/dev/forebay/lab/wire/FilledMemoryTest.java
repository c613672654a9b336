package dev.forebay.lab.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.lab.chaos.GatewayProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A gateway whose JVM is far too small for the bodies that its configuration lets it hold.
@Timeout(60)
class FilledMemoryTest {
  private static final int BODY = 8 << 20;
  private static final int CALLERS = 24;
  private static final String ANSWER =
      "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}";

  @Test
  void callersWhoNeverEndTheirBodiesDoNotKillItAndAreForgottenWhenTheyLeave(@TempDir Path folder)
      throws Exception {
    try (var upstream = new ScriptedUpstream(_ -> ScriptedUpstream.json(200, ANSWER));
        var gateway =
            GatewayProcess.start(
                folder,
                List.of("-Xmx48m", "-XX:MaxDirectMemorySize=64m", "-XX:TieredStopAtLevel=1"),
                """
                http: {listen: "127.0.0.1:0", heldBodies: 512MiB, maxHeldBody: 32MiB, warmUp: 0s}
                admin: {listen: "127.0.0.1:0"}
                log: {access: false, performance: false}
                pools: {chat: {models: [m], replicas: ["http://127.0.0.1:%d"]}}
                """
                    .formatted(upstream.port()))) {
      fill(gateway.port());
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> chat(gateway.port()).startsWith("HTTP/1.1 200 "));
    }
  }

  /// Sends many times what fits, and leaves when all of it was sent or turned away.
  private static void fill(int port) throws Exception {
    var turnedAway = new AtomicInteger();
    var sent = new CountDownLatch(CALLERS);
    List<Socket> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      var caller = new Socket(InetAddress.getLoopbackAddress(), port);
      callers.add(caller);
      Thread.ofVirtual()
          .start(() -> {
            try {
              caller.getOutputStream().write(head(BODY));
              for (int at = 0; at < BODY - 65_536; at += 65_536) {
                caller.getOutputStream().write(new byte[65_536]);
              }
            } catch (IOException e) {
              turnedAway.incrementAndGet();
            }
            sent.countDown();
          });
    }
    assertThat(sent.await(30, TimeUnit.SECONDS)).as("nobody is left hanging").isTrue();
    assertThat(turnedAway).hasPositiveValue();
    for (Socket caller : callers) {
      caller.close();
    }
  }

  private static byte[] head(int length) {
    return ("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"
            + "content-type: application/json\r\ncontent-length: "
            + length
            + "\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  private static String chat(int port) throws IOException {
    byte[] ask = "{\"model\":\"m\"}".getBytes(UTF_8);
    try (var caller = new Socket(InetAddress.getLoopbackAddress(), port)) {
      caller.setSoTimeout(5_000);
      caller.getOutputStream().write(head(ask.length));
      caller.getOutputStream().write(ask);
      return new String(caller.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
