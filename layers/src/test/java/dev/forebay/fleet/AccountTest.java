package dev.forebay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.fleet.Capacity.Reserved;
import java.net.URI;
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
  void whileItIsRefusedOneCallAMinuteIsLetThrough() {
    assertThat(account.refused("spent", 0)).isTrue();
    assertThat(account.refused("spent", 1)).as("no news").isFalse();
    assertThat(account.admit(60 * SECOND)).isFalse();
    assertThat(account.admit(60 * SECOND + 1)).isTrue();
    assertThat(account.admit(60 * SECOND + 1)).isFalse();
    assertThat(account.opensAt(61 * SECOND)).isEqualTo(120 * SECOND + 1);
  }

  @Test
  void whoIsToldToStartLaterAfterAPauseIsChargedNothing() {
    account.limit(new AccountConfig(0, 60, 0));
    var replica = new Replica("gpu-0", URI.create("http://gpu-0"), null);
    account.pause(Duration.ofSeconds(5), 0);
    int started = 0;
    for (int i = 0; i < 1_000; i++) {
      long now = 5 * SECOND + i * SECOND / 100;
      if (account.reserve(replica, 1, 1, now) instanceof Reserved) {
        started++;
      }
    }
    assertThat(started).as("in ten seconds, as slow start alone would").isGreaterThan(60);
  }

  @Test
  void onlyACallThatBeganAfterTheRefusalEndsIt() {
    account.refused("spent", 10);
    assertThat(account.served(9)).isFalse();
    assertThat(account.refusal()).isEqualTo("spent");
    assertThat(account.served(11)).isTrue();
    assertThat(account.refusal()).isNull();
    assertThat(account.open(12)).isTrue();
    assertThat(account.served(13)).as("no news").isFalse();
  }

  @Test
  void whatIsForbiddenTwiceInARowIsRefused() {
    assertThat(account.forbade("no", 1)).isFalse();
    assertThat(account.open(1)).isTrue();
    assertThat(account.served(2)).isFalse();
    assertThat(account.forbade("no", 3)).as("not in a row").isFalse();
    assertThat(account.forbade("no", 4)).isTrue();
    assertThat(account.open(4)).isFalse();
    assertThat(account.refusal()).isEqualTo("no");
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
