package dev.forebay.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EditDistanceTest {
  @Test
  void countsWhatATypingErrorCosts() {
    assertThat(EditDistance.between("attempts", "attempts")).isZero();
    assertThat(EditDistance.between("attempts", "atempts")).isEqualTo(1);
    assertThat(EditDistance.between("url", "ulr")).isEqualTo(1);
    assertThat(EditDistance.between("maxheldbody", "maxHeldBody")).isZero();
    assertThat(EditDistance.between("", "abc")).isEqualTo(3);
  }

  @Test
  void guessesOnlyWhatIsNear() {
    assertThat(EditDistance.nearest("replcas", List.of("models", "replicas"))).hasValue("replicas");
    assertThat(EditDistance.nearest("zebra", List.of("models", "replicas"))).isEmpty();
  }
}
