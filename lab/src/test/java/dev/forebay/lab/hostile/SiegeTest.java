package dev.forebay.lab.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SiegeTest {
  @ParameterizedTest
  @EnumSource(Attack.class)
  void goodCallersAreServedAndNothingIsLeft(Attack attack) throws Exception {
    try (Siege siege = new Siege(8 << 20)) {
      Siege.Result result = siege.run(attack, 80, Duration.ofMillis(200));

      assertThat(result.withstood()).as("%s", result).isTrue();
    }
  }
}
