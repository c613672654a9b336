package dev.forebay.retry.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  @Test
  void theUpperEndDoublesUpToTheCap() {
    int[] seconds = {1, 2, 4, 8, 16, 30, 30};
    for (int retry = 1; retry <= seconds.length; retry++) {
      assertThat(backoff.upperEnd(retry)).isEqualTo(Duration.ofSeconds(seconds[retry - 1]));
    }
    assertThat(backoff.upperEnd(10_000)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void delaysFillTheWholeSpanEvenly() {
    Seeds.forAll(
        100,
        random -> {
          int retry = random.nextInt(1, 12);
          double end = backoff.upperEnd(retry).toNanos();
          double sum = 0;
          for (int i = 0; i < 2_000; i++) {
            double share = backoff.delay(retry, random).toNanos() / end;
            assertThat(share).isBetween(0.0, 1.0);
            sum += share;
          }
          // the mean of 2,000 even draws is off by more than 0.04 once in 10^9
          assertThat(sum / 2_000).isBetween(0.46, 0.54);
        });
  }

  @Test
  void refusesWhatIsNoSpan() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessage("base must be > 0s, was PT0S");
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessage("cap must be PT2S..PT24H, was PT1S");
    assertThatThrownBy(() -> backoff.upperEnd(0)).hasMessage("retry must be >= 1, was 0");
  }
}
