package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputLengthsTest {
  @Test
  void quantilesAreNeverTooShortAndAtMostNinePercentTooLong() {
    Seeds.forAll(
        500,
        random -> {
          var lengths = new OutputLengths();
          List<Long> all = new ArrayList<>();
          for (int i = 1 + random.nextInt(1_500); i > 0; i--) {
            long length = (long) Math.exp(random.nextDouble() * 11);
            lengths.add(length);
            all.add(length);
          }
          List<Long> last =
              all.subList(Math.max(0, all.size() - 1_000), all.size()).stream().sorted().toList();
          for (double share : new double[] {0.01, 0.5, 0.75, 0.9, 1}) {
            long exact = last.get((int) Math.ceil(share * last.size()) - 1);
            assertThat(lengths.quantile(share))
                .isGreaterThanOrEqualTo(exact)
                .isLessThanOrEqualTo(exact + exact / 8 + 1);
          }
        });
  }

  @Test
  void moreIsExpectedOfAnAnswerThatHasOutgrownWhatWasExpected() {
    var lengths = new OutputLengths();
    for (int i = 1; i <= 1_000; i++) {
      lengths.add(i);
    }
    assertThat(lengths.quantileBeyond(0.75, 500)).isBetween(870L, 960L);
    assertThat(lengths.quantileBeyond(0.75, 5_000)).isEqualTo(5_000 + 1_250 + 16);
  }
}
