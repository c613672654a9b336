package dev.forebay.lab.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CpuClockTest {
  @Test
  void userAndKernelTimeAreAddedWhateverTheNameHolds() {
    String stat =
        "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 1000 0 0 0 123 45 0 0 20 0 20 0 100 1 1";

    assertThat(CpuClock.parse(stat)).isEqualTo(Duration.ofMillis(1_680));
  }
}
