package dev.forebay.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FailoverRunTest {
  @Test
  void aDyingReplicaFailsNoCallThatHadNoContent() throws Exception {
    FailoverRun.Result result = new FailoverRun(40, Duration.ofSeconds(8), 3).run();

    assertThat(result.failedWithoutContent()).as(result.report().table()).isZero();
    assertThat(result.lateFailovers()).isZero();
    assertThat(result.report().failedOver()).isPositive();
  }
}
