package dev.forebay.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CancelRunTest {
  @Test
  void theEngineLearnsOfEveryCallerThatLeaves() throws Exception {
    CancelRun.Result result = new CancelRun(100, 40, 5).run();

    assertThat(result.cancelled()).isGreaterThan(30);
    assertThat(result.unheard()).isZero();
    assertThat(result.holding().calls()).isZero();
  }
}
