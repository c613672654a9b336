package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
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

  @Test
  void whatTheEngineSaysAndWhatWeSentItAreBothBelieved() {
    Telemetry shown = shown(OptionalLong.of(10), OptionalLong.of(3));
    assertThat(EngineQueue.waiting(shown, 11)).hasValue(3);
    assertThat(EngineQueue.waiting(shown, 19)).hasValue(9);
    assertThat(EngineQueue.crowded(shown, 18)).isFalse();
    assertThat(EngineQueue.crowded(shown, 19)).isTrue();
    assertThat(EngineQueue.waiting(shown(OptionalLong.of(10), NONE), 4)).hasValue(0);
  }

  @Test
  void anEngineThatShowsNothingIsNotCrowded() {
    assertThat(EngineQueue.waiting(Telemetry.unknown(0, 0), 500)).isEmpty();
    assertThat(EngineQueue.crowded(Telemetry.unknown(0, 0), 500)).isFalse();
    assertThat(EngineQueue.crowded(shown(NONE, OptionalLong.of(9)), 0)).isTrue();
  }

  private static Telemetry shown(OptionalLong running, OptionalLong waiting) {
    return new Telemetry(
        0, 0, OptionalDouble.empty(), NONE, running, waiting, NONE, NONE, NONE, NONE, NONE);
  }
}
