package dev.forebay.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.Seeds;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.pipeline.Outcome.Reason;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AccountLimitsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /// Until it is worth asking again; 0 if they were taken.
  private static long wait(AccountLimits limits, long size, long now) {
    RetryAt later = limits.take(size, now);
    return later == null ? 0 : later.nanoTime() - now;
  }

  @Test
  void saysExactlyWhenARequestOrItsTokensCanBeHad() {
    var limits = new AccountLimits(new AccountConfig(0, 2, 600));
    assertThat(wait(limits, 100, 0)).isZero();
    assertThat(wait(limits, 100, 0)).isZero();
    assertThat(wait(limits, 100, 0)).as("a request each 30 s").isEqualTo(30 * SECOND);
    assertThat(wait(limits, 450, 30 * SECOND))
        .as("400 tokens are left, 300 came back, no more than 600 can be had")
        .isZero();
    assertThat(wait(limits, 400, 60 * SECOND)).as("450 are left").isZero();
  }

  @Test
  void aCallLargerThanAMinutesWorthPassesWhenNothingIsOwed() {
    var limits = new AccountLimits(new AccountConfig(0, 0, 600));
    assertThat(wait(limits, 5_000, 0)).isZero();
    assertThat(wait(limits, 5_000, 0)).isEqualTo(60 * SECOND);
    assertThat(wait(limits, 5_000, 60 * SECOND)).isZero();
  }

  @Test
  void whatWasNotUsedCanBeHadAgain() {
    var limits = new AccountLimits(new AccountConfig(0, 0, 600));
    assertThat(wait(limits, 600, 0)).isZero();
    limits.settle(600, 60, 0);
    assertThat(wait(limits, 540, 0)).isZero();
    limits.settle(540, 600, 0);
    assertThat(wait(limits, 1, 0)).as("and what was used beyond the estimate is owed").isPositive();
  }

  @Test
  void aPlaceIsHeldUntilItIsGivenBack() {
    var limits = new AccountLimits(new AccountConfig(1, 0, 0));
    assertThat(wait(limits, 1, 0)).isZero();
    assertThat(limits.take(1, 0)).isEqualTo(new RetryAt(Reason.ACCOUNT_FULL, SECOND / 20));
    limits.release();
    assertThat(wait(limits, 1, 0)).isZero();
  }

  @Test
  void inAnyMinuteAMinutesWorthAndWhatWasSavedUpIsTheMost() {
    Seeds.forAll(
        200,
        random -> {
          var config =
              new AccountConfig(
                  1 + random.nextInt(5), 1 + random.nextInt(100), 1 + random.nextInt(100_000));
          var limits = new AccountLimits(config);
          long start = random.nextLong();
          long now = start;
          int passed = 0;
          long tokens = 0;
          int held = 0;
          while (now - start < 60 * SECOND) {
            if (held > 0 && random.nextInt(3) == 0) {
              limits.release();
              held--;
            }
            long size = 1L + random.nextInt(config.tokens());
            if (wait(limits, size, now) == 0) {
              passed++;
              tokens += size;
              held++;
            }
            assertThat(held).isLessThanOrEqualTo(config.concurrency());
            now += random.nextLong(SECOND);
          }
          double minutes = (now - start) / 60.0 / SECOND;
          assertThat((double) passed).isLessThanOrEqualTo(config.requests() * (1 + minutes));
          assertThat((double) tokens).isLessThanOrEqualTo(config.tokens() * (1 + minutes));
        });
  }

  @Test
  void limitsAreBounded() {
    assertThatThrownBy(() -> new AccountConfig(-1, 0, 0))
        .hasMessage("concurrency must be 0..1000000, was -1");
    assertThatThrownBy(() -> new AccountConfig(0, 0, -1))
        .hasMessage("tokens must be 0..1000000000, was -1");
  }
}
