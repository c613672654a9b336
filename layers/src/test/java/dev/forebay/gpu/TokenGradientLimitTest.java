package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenGradientLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int WORK = 1_000;

  private final TokenGradientLimit limit = new TokenGradientLimit();
  private long now;

  @Test
  void thereIsNoneBeforeTheFirstSignOfOverload() {
    for (int i = 0; i < 100; i++) {
      second(100, 50e6, 0, false);
    }
    assertThat(limit.limit(now)).isInfinite();
  }

  @Test
  void firstContentsThatAreSlowButAsEverAreNoSign() {
    for (int i = 0; i < 100; i++) {
      second(100, 900e6, 0, false);
    }
    assertThat(limit.limit(now)).isInfinite();
  }

  @Test
  void whenFirstContentsComeLateItIsALittleLessThanWhatWasUnderWay() {
    quiet();
    second(100, 800e6, 0, false);
    assertThat(limit.limit(now)).isCloseTo(90_000, within(1.0));
  }

  @Test
  void aCutIsGivenTimeToShow() {
    quiet();
    second(100, 800e6, 0, false);
    second(95, 800e6, 0, false);
    second(92, 800e6, 0, false);
    assertThat(limit.limit(now)).isCloseTo(90_000, within(1.0));
    second(90, 800e6, 0, false);
    assertThat(limit.limit(now)).isCloseTo(81_000, within(1.0));
  }

  @Test
  void keepAlivesInPlaceOfContentAndPushBackAreSigns() {
    quiet();
    second(100, 50e6, 1, false);
    assertThat(limit.limit(now)).isCloseTo(90_000, within(1.0));

    var other = new TokenGradientLimit();
    other.sent(WORK, 10 * WORK);
    other.limit(0);
    other.pushedBack();
    assertThat(other.limit(SECOND)).isCloseTo(9_000, within(1.0));
  }

  @Test
  void itGrowsWhileItIsUsedAndNothingIsWrong() {
    quiet();
    second(100, 800e6, 0, false);
    second(90, 50e6, 0, false);
    second(90, 50e6, 0, false);
    double before = limit.limit(now);
    second(90, 50e6, 0, false);
    assertThat(limit.limit(now)).isGreaterThan(before);
    double used = limit.limit(now);
    second(10, 50e6, 0, false);
    assertThat(limit.limit(now)).as("not while it is not used").isEqualTo(used);
  }

  @Test
  void itNeverFallsBelowTwoCalls() {
    quiet();
    for (int i = 0; i < 500; i++) {
      second(3, 5_000e6, 0, true);
    }
    assertThat(limit.limit(now)).isCloseTo(2 * WORK, within(50.0));
  }

  private void quiet() {
    for (int i = 0; i < 100; i++) {
      second(100, 50e6, 0, false);
    }
  }

  private void second(int calls, double nanos, int keepAlives, boolean pushBack) {
    limit.limit(now);
    for (int i = 1; i <= calls; i++) {
      limit.sent(WORK, (long) i * WORK);
      limit.began((long) nanos, SECOND, keepAlives);
    }
    if (pushBack) {
      limit.pushedBack();
    }
    now += SECOND;
    limit.limit(now);
  }
}
