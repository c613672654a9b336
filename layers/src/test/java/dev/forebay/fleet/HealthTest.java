package dev.forebay.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /// A monotonic clock may start anywhere; here it is about to turn positive.
  private static final long T0 = -3 * SECOND;

  private final Health health = new Health();

  @Test
  void aNewReplicaIsUsableAtItsFullWeight() {
    assertThat(health.usable(T0)).isTrue();
    assertThat(health.weight(T0, 10 * SECOND)).isEqualTo(1);
    assertThat(health.usableAt(T0)).isEqualTo(T0);
  }

  @Test
  void aProbePutsItDownAndUpAndSaysWhetherThatWasNews() {
    assertThat(health.markDown(0, 0)).isTrue();
    assertThat(health.markDown(0, 0)).isFalse();
    assertThat(health.usable(T0)).isFalse();
    assertThat(health.markUp(T0)).isTrue();
    assertThat(health.markUp(T0)).isFalse();
    assertThat(health.usable(T0)).isTrue();
  }

  @Test
  void itKnowsForHowLongItHasBeenDown() {
    assertThat(health.downFor(T0)).isZero();
    health.markDown(T0, SECOND);
    health.markDown(T0 + 5 * SECOND, SECOND);
    assertThat(health.downFor(T0 + 7 * SECOND)).as("since the first").isEqualTo(7 * SECOND);
    health.markUp(T0 + 8 * SECOND);
    assertThat(health.downFor(T0 + 9 * SECOND)).isZero();
  }

  @Test
  void itReturnsAtATenthOfItsLoadAndGrowsInALine() {
    health.markDown(0, 0);
    health.markUp(T0);
    assertThat(health.weight(T0, 10 * SECOND)).isEqualTo(0.1, within(1e-9));
    assertThat(health.weight(T0 + 5 * SECOND, 10 * SECOND)).isEqualTo(0.55, within(1e-9));
    assertThat(health.weight(T0 + 10 * SECOND, 10 * SECOND)).isEqualTo(1);
  }

  @Test
  void withoutASlowStartItReturnsAtItsFullWeight() {
    health.markDown(0, 0);
    health.markUp(T0);
    assertThat(health.weight(T0, 0)).isEqualTo(1);
    health.eject(T0, SECOND, SECOND);
    assertThat(health.weight(T0, 0)).as("even while it is out").isEqualTo(1);
  }

  @Test
  void anEjectionEndsByItselfAndIsFollowedByASlowStart() {
    health.eject(T0, 10 * SECOND, 60 * SECOND);
    assertThat(health.usable(T0 + 10 * SECOND - 1)).isFalse();
    assertThat(health.usableAt(T0)).isEqualTo(T0 + 10 * SECOND);
    assertThat(health.usable(T0 + 10 * SECOND)).isTrue();
    assertThat(health.weight(T0 + 10 * SECOND, 10 * SECOND)).isEqualTo(0.1, within(1e-9));
  }

  @Test
  void eachEjectionInARowIsLongerUpToTheLongest() {
    long now = T0;
    for (int n = 1; n <= 6; n++) {
      health.eject(now, 10 * SECOND, 40 * SECOND);
      long length = health.usableAt(now) - now;
      assertThat(length).isEqualTo(Math.min(40, 10 * n) * SECOND);
      now += length;
    }
  }

  @Test
  void pastEjectionsAreForgivenAfterServingWellForLong() {
    health.eject(T0, 10 * SECOND, 60 * SECOND);
    long back = T0 + 10 * SECOND;
    health.forgive(back + 60 * SECOND, 60 * SECOND);
    health.eject(back + 60 * SECOND, 10 * SECOND, 60 * SECOND);
    assertThat(health.usableAt(back + 60 * SECOND))
        .as("not yet forgiven")
        .isEqualTo(back + 80 * SECOND);

    health.forgive(back + 141 * SECOND, 60 * SECOND);
    health.eject(back + 141 * SECOND, 10 * SECOND, 60 * SECOND);
    assertThat(health.usableAt(back + 141 * SECOND)).as("forgiven").isEqualTo(back + 151 * SECOND);
  }

  @Test
  void aSuccessEndsARowOfFailures() {
    assertThat(health.failed()).isEqualTo(1);
    assertThat(health.failed()).isEqualTo(2);
    health.succeeded();
    assertThat(health.failed()).isEqualTo(1);
  }
}
