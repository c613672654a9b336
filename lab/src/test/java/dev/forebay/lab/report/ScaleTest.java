package dev.forebay.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void everyValueUpToTheLargestLiesOnTheAxisWhichHasFewMarks() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      double most = Math.pow(10, random.nextDouble(-6, 9));
      Scale scale = Scale.linear(most);

      assertThat(scale.at(0)).isZero();
      assertThat(scale.at(most)).isBetween(0.4, 1.0 + 1e-9);
      assertThat(scale.ticks()).hasSizeBetween(2, 6);
      assertThat(scale.at(scale.ticks().getLast())).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void aLogarithmicAxisGoesFromPowerToPower() {
    Scale scale = Scale.log(0.2, 35);

    assertThat(scale.ticks()).containsExactly(0.1, 1.0, 10.0, 100.0);
    assertThat(scale.at(0.1)).isCloseTo(0, within(1e-9));
    assertThat(scale.at(10)).isCloseTo(2.0 / 3, within(1e-9));
  }

  @Test
  void numbersHaveTheDigitsTheyDeserve() {
    assertThat(Scale.text(0)).isEqualTo("0");
    assertThat(Scale.text(0.25)).isEqualTo("0.25");
    assertThat(Scale.text(12.34)).isEqualTo("12.3");
    assertThat(Scale.text(2_000)).isEqualTo("2000");
    assertThat(Scale.text(40_000)).isEqualTo("40 k");
    assertThat(Scale.text(1_390_000)).isEqualTo("1.39 M");
  }
}
