package dev.forebay.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Ending;
import org.junit.jupiter.api.Test;

final class IntegrityRunTest {
  @Test
  void everyByteArrivesAndNothingIsLeftBehind() throws Exception {
    IntegrityRun.Result result = new IntegrityRun(1_000, 200, 7).run();

    assertThat(result.changed()).isEmpty();
    assertThat(result.leaks()).isEmpty();
    assertThat(result.passed()).as(result.report().table()).isTrue();
    assertThat(result.report().count(Ending.OK)).isGreaterThan(700);
    assertThat(result.report().failedOver()).isPositive();
  }
}
