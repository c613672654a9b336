package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Means and their intervals.
class ScoresTest {

  @Test
  void theIntervalIsStudents() {
    // of 8, 10 and 12: standard deviation 2, so 4.30 x 2 / sqrt(3)
    var scores = scores(8, 10, 12);
    assertThat(scores.mean(Score::goodCalls)).isEqualTo(10);
    assertThat(scores.spread(Score::goodCalls)).isCloseTo(4.965, within(0.01));
  }

  @Test
  void oneSeedHasNoInterval() {
    assertThat(scores(8).spread(Score::goodCalls)).isNaN();
    assertThat(Figure.GOOD_CALLS.text(scores(8))).isEqualTo("8.00");
    assertThat(Figure.GOOD_CALLS.text(scores(8, 8, 8))).isEqualTo("8.00 ± 0.00");
  }

  private static Scores scores(double... goodCalls) {
    var served = new Served(List.of(), List.of(), Double.NaN, Double.NaN);
    return new Scores(
        Arrays.stream(goodCalls)
            .mapToObj(good -> new Score(10, good, 0, 1, 1, 0, 0, 0, 0, served))
            .toList());
  }
}
