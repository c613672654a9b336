package dev.forebay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AccountTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Account account = new Account("deepseek");

  @Test
  void isOpenUntilSomebodyAsksForAPause() {
    assertThat(account.open(0)).isTrue();
    account.pause(Duration.ofSeconds(7), 0);
    assertThat(account.open(7 * SECOND - 1)).isFalse();
    assertThat(account.opensAt(1)).isEqualTo(7 * SECOND);
    assertThat(account.open(7 * SECOND)).isTrue();
    assertThat(account.opensAt(7 * SECOND)).isEqualTo(7 * SECOND);
  }

  @Test
  void whoNamesNoTimeAsksForNoPause() {
    account.pause(Duration.ZERO, 0);
    assertThat(account.open(0)).isTrue();
  }

  @Test
  void noPauseIsLongerThanAMinute() {
    account.pause(Duration.ofDays(1), 0);
    assertThat(account.opensAt(0)).isEqualTo(60 * SECOND);
  }

  @Test
  void thePauseThatEndsLastHoldsWhateverTheClockSays() {
    Seeds.forAll(
        500,
        random -> {
          var asked = new Account("any");
          long now = random.nextBoolean() ? Long.MAX_VALUE - random.nextInt(1_000) : 0;
          long start = now;
          long last = 0;
          for (int i = 0; i < 20; i++) {
            Duration pause = Duration.ofNanos(random.nextInt(1_000));
            asked.pause(pause, now);
            last = Math.max(last, now - start + pause.toNanos());
            now += random.nextInt(300);
            assertThat(asked.open(now)).isEqualTo(now - start >= last);
            assertThat(asked.opensAt(now) - start).isEqualTo(Math.max(last, now - start));
          }
        });
  }
}
