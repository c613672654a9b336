package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EngineQueueTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  @Test
  void threeInAHundredMayWaitAndTwoAtLeast() {
    assertThat(EngineQueue.allow(OptionalLong.of(4))).isEqualTo(2);
    assertThat(EngineQueue.allow(OptionalLong.of(256))).isEqualTo(8);
    assertThat(EngineQueue.allow(OptionalLong.of(1024))).isEqualTo(31);
    assertThat(EngineQueue.allow(NONE)).isEqualTo(8);
  }
}
