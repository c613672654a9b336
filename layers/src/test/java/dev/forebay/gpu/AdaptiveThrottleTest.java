package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.Seeds;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class AdaptiveThrottleTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AdaptiveThrottle throttle = new AdaptiveThrottle();
  private final RandomGenerator random = Seeds.random(1);

  @Test
  void aProviderThatTakesHalfOfWhatItIsSentIsSentAll() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(throttle.passes(random, i * SECOND / 10)).isTrue();
      if (i % 2 == 0) {
        throttle.accepted(i * SECOND / 10);
      } else {
        throttle.refused(i * SECOND / 10);
      }
    }
  }

  @Test
  void ofThoseThatHaveNoAnswerYetNothingIsKnown() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(throttle.passes(random, i)).isTrue();
    }
  }

  @Test
  void aProviderThatTakesNothingIsStillAskedNowAndThen() {
    int passed = 0;
    for (int i = 0; i < 10_000; i++) {
      if (throttle.passes(random, i * SECOND / 100)) {
        passed++;
        throttle.refused(i * SECOND / 100);
      }
    }
    assertThat(passed / 10_000.0).isCloseTo(0.05, within(0.02));
  }

  @Test
  void whoeverAsksAgainMakesItNoWorse() {
    for (int i = 0; i < 3; i++) {
      throttle.refused(i);
    }
    int passed = 0;
    for (int i = 0; i < 10_000; i++) {
      passed += throttle.passes(random, i) ? 1 : 0;
    }
    assertThat(passed / 10_000.0).isCloseTo(0.25, within(0.02));
  }

  @Test
  void itForgetsAfterAMinute() {
    for (int i = 0; i < 1_000; i++) {
      throttle.refused(i * SECOND / 100);
    }
    assertThat(throttle.passes(random, 71 * SECOND)).isTrue();
  }
}
