package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayerTest {

  private static final String END = "0\r\n\r\n";

  @Test
  void replaysAWholeAnswerToEachRequest() throws Exception {
    try (var replayer = Replayer.start(ReplayerConfig.DEFAULT);
        var client = new Client(replayer.port())) {
      client.post("/v1", "{\"stream\":false}").post("/v1", "x".repeat(100_000));
      for (int i = 0; i < 2; i++) {
        var answer = client.until("\"total_tokens\":400}}");
        assertThat(answer).contains("content-length: 1024\r\n");
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(1_024);
      }
      assertThat(replayer.requests()).isEqualTo(2);
    }
  }

  @Test
  void streamsOneChunkAnInterval() throws Exception {
    var config = ReplayerConfig.DEFAULT.withChunks(5, Duration.ofMillis(20));
    try (var replayer = Replayer.start(config);
        var client = new Client(replayer.port())) {
      for (int i = 0; i < 2; i++) {
        long begun = System.nanoTime();
        var answer = client.post("/v1", "{\"stream\":true}").until(END);
        assertThat(FakeEngineTest.events(answer)).hasSize(5 + 3);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .isGreaterThan(Duration.ofMillis(80));
      }
    }
  }

  @Test
  void streamsAsFastAsTheClientReadsWhenTheIntervalIsZero() throws Exception {
    var config = ReplayerConfig.DEFAULT.withChunks(20_000, Duration.ZERO).withLoops(2);
    try (var replayer = Replayer.start(config);
        var client = new Client(replayer.port())) {
      var answer = client.post("/v1", "{\"stream\": true}").until(END);
      assertThat(FakeEngineTest.events(answer)).hasSize(20_000 + 3);
    }
  }
}
