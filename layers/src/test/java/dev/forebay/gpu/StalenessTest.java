package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StalenessTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void theOlderTheLessIsBelieved() {
    assertThat(at(2 * SECOND, false)).isEqualTo(Staleness.FRESH);
    assertThat(at(2 * SECOND + 1, false)).isEqualTo(Staleness.STALE);
    assertThat(at(10 * SECOND, false)).isEqualTo(Staleness.STALE);
    assertThat(at(10 * SECOND + 1, false)).isEqualTo(Staleness.LOST);
    assertThat(at(3600 * SECOND, false)).isEqualTo(Staleness.LOST);
  }

  @Test
  void onlyADeadEngineIsTakenOut() {
    assertThat(at(30 * SECOND + 1, true).eject()).isTrue();
    assertThat(at(30 * SECOND, true).eject()).isFalse();
    assertThat(at(3600 * SECOND, false).eject()).isFalse();
  }

  @Test
  void anEngineThatNeverShowedItselfIsServedByWhatWasPromised() {
    Staleness never = Staleness.of(OptionalLong.empty(), true);
    assertThat(never.telemetryCounts()).isFalse();
    assertThat(never.eject()).isFalse();
    assertThat(never.watermarkCut()).isEqualTo(0.10);
  }

  @Test
  void theMarginNeverShrinksWithAge() {
    Seeds.forAll(
        300,
        random -> {
          boolean fails = random.nextBoolean();
          long age = random.nextLong(60 * SECOND);
          Staleness younger = at(age, fails);
          Staleness older = at(age + random.nextLong(60 * SECOND), fails);
          assertThat(older.watermarkCut()).isGreaterThanOrEqualTo(younger.watermarkCut());
          assertThat(older.watermarkCut()).isBetween(0.0, 0.25);
          assertThat(younger.telemetryCounts()).isEqualTo(younger.watermarkCut() == 0);
        });
  }

  private static Staleness at(long age, boolean probeFails) {
    return Staleness.of(OptionalLong.of(age), probeFails);
  }
}
