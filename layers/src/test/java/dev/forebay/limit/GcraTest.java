package dev.forebay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.fleet.Gcra;
import dev.forebay.fleet.Rate;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class GcraTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void burstPlusOnePassAtOnceAndThenTheRate() {
    var gcra = new Gcra(Rate.parse("200/s"), 501);
    long paid = 0;
    for (int i = 0; i < 501; i++) {
      assertThat(gcra.wait(paid, 0, gcra.cost(1))).isZero();
      paid = Gcra.take(paid, 0, gcra.cost(1));
    }
    assertThat(gcra.wait(paid, 0, gcra.cost(1))).isEqualTo(5 * MS);
    assertThat(gcra.wait(paid, 2 * MS, gcra.cost(1))).isEqualTo(3 * MS);
    assertThat(gcra.wait(paid, 5 * MS, gcra.cost(1))).isZero();
  }

  @Test
  void passesNoMoreThanRateTimesTimePlusBurstInAnyInterval() {
    Seeds.forAll(
        300,
        random -> {
          Rate rate = rate(random);
          long capacity = 1L + random.nextInt(50);
          var gcra = new Gcra(rate, capacity);
          var taken = new ArrayList<long[]>();
          long start = random.nextLong();
          long now = start;
          long paid = start;
          for (int i = 0; i < 400; i++) {
            now += (long) (random.nextExponential() * gcra.cost(1) * random.nextDouble());
            long units = 1 + random.nextLong(capacity);
            if (gcra.wait(paid, now, gcra.cost(units)) == 0) {
              paid = Gcra.take(paid, now, gcra.cost(units));
              taken.add(new long[] {now, units});
            }
          }
          for (int from = 0; from < taken.size(); from++) {
            long passed = 0;
            for (int to = from; to < taken.size(); to++) {
              passed += taken.get(to)[1];
              double seconds = taken.get(to)[0] - taken.get(from)[0];
              assertThat((double) passed)
                  .isLessThanOrEqualTo(
                      seconds / rate.per().nanos() * rate.units() + capacity + 1e-6);
            }
          }
        });
  }

  @Test
  void whoIsRefusedPassesAfterTheWaitAndNotANanosecondBefore() {
    Seeds.forAll(
        2_000,
        random -> {
          long capacity = 1L + random.nextInt(1_000);
          var gcra = new Gcra(rate(random), capacity);
          long now = random.nextLong();
          long cost = gcra.cost(1 + random.nextLong(capacity));
          long paid = Gcra.take(now, now, gcra.cost(random.nextLong(3 * capacity)));
          long wait = gcra.wait(paid, now, cost);
          assertThat(gcra.wait(paid, now + wait, cost)).isZero();
          if (wait > 0) {
            assertThat(gcra.wait(paid, now + wait - 1, cost)).isEqualTo(1);
          }
        });
  }

  @Test
  void whatIsGivenBackNeverMakesABucketMoreThanFull() {
    var gcra = new Gcra(Rate.parse("100/s"), 10);
    long paid = Gcra.take(0, 0, gcra.cost(10));
    long idle = SECOND;
    paid = Gcra.take(paid, idle, -gcra.cost(10));
    assertThat(gcra.available(paid, idle)).isEqualTo(10);
    assertThat(gcra.wait(paid, idle, gcra.cost(10))).isZero();
    paid = Gcra.take(paid, idle, gcra.cost(10));
    assertThat(gcra.available(paid, idle)).isZero();
  }

  @Test
  void anIdleBucketIsExactlyFullHoweverLongItWasIdle() {
    var gcra = new Gcra(Rate.parse("7/min"), 13);
    long paid = Gcra.take(0, 0, gcra.cost(13));
    for (long idle : new long[] {2 * 60 * SECOND, 3600 * SECOND, 200L * 365 * 86_400 * SECOND}) {
      assertThat(gcra.available(paid, idle)).isEqualTo(13);
      assertThat(gcra.wait(paid, idle, gcra.cost(13))).isZero();
      assertThat(gcra.wait(paid, idle, gcra.cost(14))).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void costsAreRoundedUpByLessThanANanosecondAndNeverOverflow() {
    var thirds = new Gcra(Rate.parse("3/s"), 3);
    assertThat(thirds.cost(1)).isEqualTo(333_333_334);
    assertThat(thirds.cost(3)).isEqualTo(SECOND);
    assertThat(thirds.cost(1_000_000_000)).isEqualTo(333_333_333_333_333_334L);
    var rare = new Gcra(Rate.parse("1/d"), 1);
    assertThat(rare.cost(Long.MAX_VALUE)).isPositive();
    long paid = Gcra.take(Long.MAX_VALUE, Long.MAX_VALUE, rare.cost(Long.MAX_VALUE));
    assertThat(Gcra.owed(paid, Long.MAX_VALUE)).isPositive();
    assertThat(rare.wait(paid, Long.MAX_VALUE, rare.cost(1))).isPositive();
  }

  /// Asked at whole milliseconds, of which alone nginx knows, both must agree but for the
  /// nanosecond by which a third of a second is rounded.
  @Test
  void decidesAsNginxDoesOnThreeHundredTraces() {
    long[] decided = new long[2];
    Seeds.forAll(
        300,
        random -> {
          int perSecond = 1 + random.nextInt(1_000);
          int burst = random.nextInt(600);
          var gcra = new Gcra(new Rate(perSecond, Rate.Per.SECOND), burst + 1L);
          var nginx = new NginxExcess(perSecond, burst);
          double offered = perSecond * (0.5 + 2 * random.nextDouble());
          double at = 0;
          long paid = 0;
          for (int i = 0; i < 5_000; i++) {
            at += random.nextInt(20) == 0 ? 2_000.0 / perSecond : 0;
            at += random.nextExponential() * 1_000 / offered;
            long millis = (long) at;
            long wait = gcra.wait(paid, millis * MS, gcra.cost(1));
            boolean passes = nginx.passes(millis);
            decided[0]++;
            // Each request since the bucket was last full was rounded up by less than 1 ns.
            if (wait > 0 && wait <= 5_000 && passes) {
              decided[1]++;
            } else {
              assertThat(wait == 0).isEqualTo(passes);
            }
            if (passes) {
              paid = Gcra.take(paid, millis * MS, gcra.cost(1));
            }
          }
        });
    assertThat(decided[0]).isEqualTo(1_500_000);
    assertThat(decided[1]).as("decided within 5 microseconds of the threshold").isLessThan(15_000);
  }

  static Rate rate(RandomGenerator random) {
    Rate.Per[] pers = Rate.Per.values();
    return new Rate(1L + random.nextInt(2_000), pers[random.nextInt(pers.length)]);
  }
}
