package dev.forebay.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Ending;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ReloadRunTest {
  @Test
  void noCallFailsAndNothingIsForgottenOverManyReloads() throws Exception {
    ReloadRun.Result result = new ReloadRun(25, 60, Duration.ofSeconds(5), 11).run();

    assertThat(result.failed()).isEmpty();
    assertThat(result.waiters().failed()).isEmpty();
    assertThat(result.waiters().notOnce()).isEmpty();
    assertThat(result.waiters().leastWaiting()).isPositive();
    assertThat(result.waiters().answered()).isGreaterThan(60);
    assertThat(result.wrong()).isEmpty();
    assertThat(result.lost()).isZero();
    assertThat(result.changedByBroken()).isZero();
    assertThat(result.refused()).isEqualTo(5);
    assertThat(result.report().count(Ending.OK)).isGreaterThan(200);
    assertThat(result.passed()).as(result.holding().toString()).isTrue();
  }
}
