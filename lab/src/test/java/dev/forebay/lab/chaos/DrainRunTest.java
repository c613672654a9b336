package dev.forebay.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DrainRunTest {
  @Test
  void aTermSignalCutsNoStreamBeforeTheGracePeriodAndNoneSilently() throws Exception {
    DrainRun.Result result = new DrainRun(60, Duration.ofSeconds(4)).run();

    assertThat(result.odd()).isEmpty();
    assertThat(result.ended()).isEqualTo(48);
    assertThat(result.told()).isEqualTo(12);
    assertThat(result.refused()).isTrue();
    assertThat(result.exit()).isLessThan(Duration.ofSeconds(20));
  }
}
