package dev.forebay.lab.load;

import static dev.forebay.lab.load.ScriptedServer.STALL;
import static dev.forebay.lab.load.ScriptedServer.delta;
import static dev.forebay.lab.load.ScriptedServer.events;
import static dev.forebay.lab.load.ScriptedServer.whole;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SaturationLoadTest {
  private static byte[] request(ScriptedServer server) {
    return new RequestBytes(LoadTarget.local(server.url(), "demo"))
        .render(Arrival.of(0, 20, 5, true, 1), "bench");
  }

  @Test
  void everyConnectionAsksAgainWhenAnswered() throws Exception {
    try (var server = new ScriptedServer((_, _) -> whole(200, "", "x".repeat(20_000)));
        var load = new SaturationLoad(server.address(), request(server), 4)) {
      var report = load.run(Duration.ofMillis(1), Duration.ofMillis(300));

      assertThat(report.answered()).isGreaterThan(20);
      assertThat(report.refused() + report.broken()).isZero();
      assertThat(report.latency().getTotalCount()).isEqualTo(report.answered());
      assertThat(server.connections()).isEqualTo(4);
    }
  }

  @Test
  void refusalsAreCountedApart() throws Exception {
    try (var server = new ScriptedServer((_, _) -> whole(503, "", ""));
        var load = new SaturationLoad(server.address(), request(server), 2)) {
      var report = load.run(Duration.ofMillis(1), Duration.ofMillis(300));

      assertThat(report.answered()).isZero();
      assertThat(report.refused()).isPositive();
    }
  }

  @Test
  void anAnswerEndsWhereItsLengthSays() {
    var wire = whole(200, "A: b\r\n", "hello");
    Seeds.forAll(
        500,
        random -> {
          var answer = new AnswerLength();
          for (int round = 0; round < 3; round++) {
            for (int from = 0; from < wire.length(); ) {
              int n = 1 + random.nextInt(Math.min(20, wire.length() - from));
              from += n;
              assertThat(
                      answer.read(
                          Unpooled.copiedBuffer(wire.substring(from - n, from), ISO_8859_1)))
                  .isEqualTo(from == wire.length());
            }
            assertThat(answer.status()).isEqualTo(200);
          }
        });
  }

  @Test
  void streamsAreHeldAndTheirEventsCounted() throws Exception {
    try (var server =
            new ScriptedServer((_, _) -> events("", delta("a"), delta("b"), delta("c")) + STALL);
        var hold = new StreamHold(server.address(), request(server), 50, 10_000)) {
      hold.start().join();
      var report = hold.read().join();

      assertThat(report.open()).isEqualTo(50);
      assertThat(report.refused() + report.lost()).isZero();
      assertThat(report.events()).isPositive();
    }
  }

  @Test
  void streamsThatEndAreLostAndThoseRefusedNeverBegin() throws Exception {
    try (var server = new ScriptedServer((_, _) -> whole(429, "", ""));
        var hold = new StreamHold(server.address(), request(server), 10, 10_000)) {
      hold.start().join();

      assertThat(hold.read().join().refused()).isEqualTo(10);
    }
  }
}
