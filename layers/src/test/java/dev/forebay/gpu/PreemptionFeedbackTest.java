package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.Seeds;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PreemptionFeedbackTest {
  private static final long SECOND = 1_000_000_000L;

  /// A monotonic clock may start anywhere; here it is about to turn positive.
  private static final long T0 = -5 * SECOND;

  private final PreemptionFeedback feedback = new PreemptionFeedback();

  @Test
  void whatHappenedBeforeWeLookedIsNoEvidence() {
    assertThat(count(700, 0)).isFalse();
    assertThat(at(0)).isEqualTo(0.95);
  }

  @Test
  void onePreemptionLowersTheWatermarkAndMoreInTheSameHalfMinuteDoNot() {
    count(0, 0);
    assertThat(count(1, 1)).isTrue();
    assertThat(at(1)).isEqualTo(0.90, within(1e-9));
    assertThat(count(9, 20)).isTrue();
    assertThat(at(20)).isEqualTo(0.90, within(1e-9));
    assertThat(count(10, 31)).isTrue();
    assertThat(at(31)).isEqualTo(0.85, within(1e-9));
  }

  @Test
  void itRisesByAHundredthForEachCleanMinute() {
    count(0, 0);
    count(1, 1);
    assertThat(at(60)).isEqualTo(0.90, within(1e-9));
    assertThat(at(61)).isEqualTo(0.91, within(1e-9));
    assertThat(at(121)).isEqualTo(0.92, within(1e-9));
    assertThat(at(301)).isEqualTo(0.95);
    assertThat(at(9999)).isEqualTo(0.95);
  }

  @Test
  void itNeverFallsBelowItsFloorNorRaisesALowClass() {
    count(0, 0);
    for (int i = 1; i < 100; i++) {
      count(i, 31L * i);
    }
    assertThat(at(31 * 99)).isEqualTo(0.70);
    assertThat(feedback.watermark(0.60, T0 + 31 * 99 * SECOND)).isEqualTo(0.60);
  }

  @Test
  void anEngineThatWasStartedAnewCountsFromZero() {
    count(50, 0);
    assertThat(count(0, 1)).isFalse();
    count(50, 2);
    assertThat(count(3, 40)).isTrue();
  }

  @Test
  void whatIsUnknownSaysNothing() {
    count(0, 0);
    assertThat(feedback.observed(OptionalLong.empty(), T0 + SECOND)).isFalse();
    assertThat(at(1)).isEqualTo(0.95);
    assertThat(count(1, 2)).isTrue();
  }

  @Test
  void itStaysBetweenFloorAndBaseWhateverComes() {
    Seeds.forAll(
        200,
        random -> {
          PreemptionFeedback any = new PreemptionFeedback();
          long now = random.nextLong();
          long total = 0;
          double before = 0.95;
          for (int i = 0; i < 200; i++) {
            now += random.nextLong(40 * SECOND);
            total += random.nextInt(4) == 0 ? random.nextInt(5) : 0;
            boolean seen = any.observed(OptionalLong.of(total), now);
            double watermark = any.watermark(0.95, now);
            assertThat(watermark).isBetween(0.70, 0.95);
            if (!seen) {
              assertThat(watermark).isGreaterThanOrEqualTo(before - 1e-9);
            }
            before = watermark;
          }
        });
  }

  private boolean count(long total, long second) {
    return feedback.observed(OptionalLong.of(total), T0 + second * SECOND);
  }

  private double at(long second) {
    return feedback.watermark(0.95, T0 + second * SECOND);
  }
}
