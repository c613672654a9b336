package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What a stock SDK makes of an answer.
class ClientConfigTest {
  private static final ClientConfig STOCK = ClientConfig.STOCK;

  @Test
  void withoutAWordFromTheServerPausesDoubleUpToEightSecondsLessAQuarterAtMost() {
    assertThat(STOCK.pause(Duration.ZERO, 1, 0)).isEqualTo(Duration.ofMillis(500));
    assertThat(STOCK.pause(Duration.ZERO, 2, 0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(STOCK.pause(Duration.ZERO, 9, 0)).isEqualTo(Duration.ofSeconds(8));
    assertThat(STOCK.pause(Duration.ZERO, 1, 1)).isEqualTo(Duration.ofMillis(375));
  }

  @Test
  void aPauseThatTheServerNamesIsObeyedUpToAMinute() {
    assertThat(STOCK.pause(Duration.ofSeconds(7), 1, 1)).isEqualTo(Duration.ofSeconds(7));
    assertThat(STOCK.pause(Duration.ofSeconds(60), 1, 1)).isEqualTo(Duration.ofSeconds(60));
    assertThat(STOCK.pause(Duration.ofSeconds(61), 1, 0)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void overloadIs503AndALimitIs429SpreadByATenth() {
    var overload = new Shed(Reason.UPSTREAM_BUSY, Duration.ofSeconds(10));
    var limit = new Shed(Reason.RATE_LIMITED, Duration.ofSeconds(10));
    assertThat(SeenAnswer.of(overload, 0.5))
        .isEqualTo(new SeenAnswer(503, "server_overloaded", Duration.ofSeconds(10), true));
    assertThat(SeenAnswer.of(limit, 0.5))
        .isEqualTo(new SeenAnswer(429, "rate_limit_exceeded", Duration.ofMillis(10_500), true));
  }

  @Test
  void whatShouldNotBeTriedAgainIsNot() {
    assertThat(seen(Duration.ofSeconds(59)).retryable()).isTrue();
    assertThat(seen(Duration.ofSeconds(60)).retryable()).isFalse();
    assertThat(SeenAnswer.of(new Served(200), 0).retryable()).isFalse();
    assertThat(SeenAnswer.of(new Served(400), 0).retryable()).isFalse();
    assertThat(SeenAnswer.of(new Failed(Cause.INVALID_REQUEST, false, ""), 0).retryable())
        .isFalse();
    assertThat(SeenAnswer.of(new Failed(Cause.UPSTREAM_BROKE, false, ""), 0).retryable()).isTrue();
  }

  private static SeenAnswer seen(Duration retryAfter) {
    return SeenAnswer.of(new Shed(Reason.UPSTREAM_BUSY, retryAfter), 0);
  }
}
