package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StalenessTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void theOlderTheLessIsBelieved() {
    assertThat(at(2 * SECOND)).isEqualTo(Staleness.FRESH);
    assertThat(at(2 * SECOND + 1)).isEqualTo(Staleness.STALE);
    assertThat(at(10 * SECOND)).isEqualTo(Staleness.STALE);
    assertThat(at(10 * SECOND + 1)).isEqualTo(Staleness.LOST);
    assertThat(at(3600 * SECOND)).isEqualTo(Staleness.LOST);
  }

  @Test
  void anEngineThatNeverShowedItselfIsServedByWhatWasPromised() {
    Staleness never = Staleness.of(OptionalLong.empty());
    assertThat(never.telemetryCounts()).isFalse();
    assertThat(never.watermarkCut()).isEqualTo(0.10);
  }

  @Test
  void theMarginNeverShrinksWithAge() {
    Seeds.forAll(
        300,
        random -> {
          long age = random.nextLong(60 * SECOND);
          Staleness younger = at(age);
          Staleness older = at(age + random.nextLong(60 * SECOND));
          assertThat(older.watermarkCut()).isGreaterThanOrEqualTo(younger.watermarkCut());
          assertThat(older.watermarkCut()).isBetween(0.0, 0.25);
          assertThat(younger.telemetryCounts()).isEqualTo(younger.watermarkCut() == 0);
        });
  }

  private static Staleness at(long age) {
    return Staleness.of(OptionalLong.of(age));
  }
}
