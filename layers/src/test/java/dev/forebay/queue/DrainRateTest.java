package dev.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainRateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final DrainRate rate = new DrainRate();

  @Test
  void itIsThatOfStartsForWhichSomebodyWaited() {
    rate.started(1_000, false, 0);
    rate.started(50, true, SECOND);

    assertThat(rate.nanos(500, SECOND + SECOND / 4)).isCloseTo(10 * SECOND, within(1L));
    assertThat(rate.untilNext(SECOND + SECOND / 4)).isCloseTo(3 * SECOND / 4, within(1L));
  }

  /// Four answers of three seconds, all the time.
  @Test
  void ofAnswersThatEndTogetherTheNextOneStartsWhenTheyDo() {
    long now = 0;
    for (int i = 0; i < 20; i++) {
      for (int each = 0; each < 4; each++) {
        rate.started(100, i > 0, now);
      }
      now += 3 * SECOND;
    }
    long last = now - 3 * SECOND;

    assertThat(rate.untilNext(last + SECOND / 100)).isEqualTo(3 * SECOND - SECOND / 100);
    assertThat(rate.untilNext(last + 2 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void moreWorkThanIsEverDoneStillTakesATimeThatOneCanAddTo() {
    rate.started(1, false, 0);
    rate.started(1, true, 60 * SECOND);

    assertThat(rate.nanos(Long.MAX_VALUE, 61 * SECOND) + rate.untilNext(61 * SECOND)).isPositive();
  }
}
