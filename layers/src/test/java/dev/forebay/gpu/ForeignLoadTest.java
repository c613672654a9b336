package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.Seeds;
import org.junit.jupiter.api.Test;

class ForeignLoadTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long QUARTER = SECOND / 4;
  private static final long T0 = -3 * SECOND;
  private static final long KV = 100_000;

  private final ForeignLoad foreign = new ForeignLoad();

  @Test
  void anEngineThatHoldsOnlyWhatWeSentHasNoForeignLoad() {
    for (int i = 0; i < 100; i++) {
      foreign.observed(0.4, KV, 40_000, T0 + i * QUARTER);
    }
    assertThat(foreign.tokens(T0 + 100 * QUARTER)).isZero();
  }

  @Test
  void whatOthersHoldIsLearntWithinAFewScrapes() {
    foreign.observed(0.5, KV, 20_000, T0);
    assertThat(foreign.tokens(T0)).isEqualTo(7_500);
    for (int i = 1; i <= 15; i++) {
      foreign.observed(0.5, KV, 20_000, T0 + i * QUARTER);
    }
    assertThat(foreign.tokens(T0 + 15 * QUARTER)).isCloseTo(25_000, within(150L));
  }

  @Test
  void itFadesWhenTheEngineShowsItselfNoMore() {
    foreign.observed(0.5, KV, 0, T0);
    assertThat(foreign.tokens(T0 + 2 * SECOND)).isEqualTo(13_500);
    assertThat(foreign.tokens(T0 + 6 * SECOND)).isEqualTo(6_750);
    assertThat(foreign.tokens(T0 + 10 * SECOND)).isZero();
    assertThat(foreign.tokens(T0 + 3600 * SECOND)).isZero();
  }

  @Test
  void itIsNeverTakenForMoreThanHalf() {
    for (int i = 0; i < 100; i++) {
      foreign.observed(1, KV, 0, T0 + i * QUARTER);
    }
    assertThat(foreign.tokens(T0 + 99 * QUARTER)).isEqualTo(KV / 2);
    for (int i = 100; i < 120; i++) {
      foreign.observed(0, KV, 0, T0 + i * QUARTER);
    }
    assertThat(foreign.tokens(T0 + 119 * QUARTER)).isLessThan(KV / 1000);
  }

  @Test
  void itIsNeverNegativeNorAboveHalfWhateverComes() {
    Seeds.forAll(
        200,
        random -> {
          ForeignLoad any = new ForeignLoad();
          long now = random.nextLong();
          for (int i = 0; i < 200; i++) {
            now += random.nextLong(12 * SECOND);
            any.observed(random.nextDouble(), KV, random.nextLong(2 * KV), now);
            long later = now + random.nextLong(12 * SECOND);
            assertThat(any.tokens(now)).isBetween(0L, KV / 2);
            assertThat(any.tokens(later)).isBetween(0L, any.tokens(now));
          }
        });
  }
}
