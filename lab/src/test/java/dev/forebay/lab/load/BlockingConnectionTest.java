package dev.forebay.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How calls end on a connection that blocks.
class BlockingConnectionTest {
  private static final byte[] REQUEST =
      "POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @Test
  void readsAStreamToItsEndAndCanCarryAnother() throws IOException {
    String stream =
        ScriptedServer.events(
                "", ScriptedServer.delta("a"), ScriptedServer.delta("b"), "data: [DONE]")
            + "0\r\n\r\n";
    try (var server = new ScriptedServer((_, _) -> stream);
        var connection = BlockingConnection.open(server.address())) {
      for (int i = 0; i < 2; i++) {
        LoadOutcome outcome = call(connection, 5_000).outcome();
        assertThat(outcome.ending()).isEqualTo(Ending.OK);
        assertThat(outcome.deltas()).isEqualTo(2);
        assertThat(outcome.firstNanos()).isPositive().isLessThanOrEqualTo(outcome.lastNanos());
        assertThat(connection.usable()).isTrue();
      }
      assertThat(server.connections()).isOne();
    }
  }

  @Test
  void tellsWhatARefusalSaysOfComingBack() throws IOException {
    String refusal = ScriptedServer.whole(503, "Retry-After: 7\r\nx-should-retry: false\r\n", "{}");
    try (var server = new ScriptedServer((_, _) -> refusal);
        var connection = BlockingConnection.open(server.address())) {
      Heard heard = call(connection, 5_000);
      assertThat(heard.outcome().ending()).isEqualTo(Ending.REFUSED);
      assertThat(heard.told())
          .containsEntry("retry-after", "7")
          .containsEntry("x-should-retry", "false");
      assertThat(connection.usable()).isTrue();
    }
  }

  @Test
  void leavesWhereNoContentComesInTime() throws IOException {
    try (var server =
            new ScriptedServer((_, _) -> ScriptedServer.events("") + ScriptedServer.STALL);
        var connection = BlockingConnection.open(server.address())) {
      assertThat(call(connection, 20).outcome().ending()).isEqualTo(Ending.TIMED_OUT);
      assertThat(connection.usable()).isFalse();
    }
  }

  @Test
  void knowsHalfAnAnswerFromNone() throws IOException {
    String half = ScriptedServer.events("", ScriptedServer.delta("a")) + ScriptedServer.HANG_UP;
    try (var server = new ScriptedServer((_, _) -> half);
        var connection = BlockingConnection.open(server.address())) {
      assertThat(call(connection, 5_000).outcome().ending()).isEqualTo(Ending.CUT);
    }
    try (var server = new ScriptedServer((_, _) -> ScriptedServer.HANG_UP);
        var connection = BlockingConnection.open(server.address())) {
      assertThat(call(connection, 5_000).outcome().ending()).isEqualTo(Ending.BROKEN);
    }
  }

  @Test
  void itsTimesCountFromWhenTheCallerBegan() throws IOException {
    long second = TimeUnit.SECONDS.toNanos(1);
    String stream = ScriptedServer.events("", ScriptedServer.delta("a")) + ScriptedServer.HANG_UP;
    try (var server = new ScriptedServer((_, _) -> stream);
        var connection = BlockingConnection.open(server.address())) {
      long now = System.nanoTime();
      var call = Arrival.of(0, 1, 1, true, 0);
      LoadOutcome outcome =
          connection.call(call, REQUEST, now - second, now + second, now + second).outcome();
      assertThat(outcome.firstNanos()).isGreaterThanOrEqualTo(second);
      assertThat(outcome.endNanos()).isGreaterThanOrEqualTo(outcome.firstNanos());
    }
  }

  private static Heard call(BlockingConnection connection, long millis) {
    long now = System.nanoTime();
    long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
    return connection.call(Arrival.of(0, 1, 1, true, 0), REQUEST, now, end, end);
  }
}
