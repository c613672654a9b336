package dev.forebay.lab.outage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// What docs/clients.md shows of the real ones.
final class SdkTest {
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  @Test
  void waitsAsItIsToldWithinItsBounds() {
    assertThat(pause(Sdk.OPENAI, 59_000)).isEqualTo(59_000);
    assertThat(pause(Sdk.OPENAI, 300_000)).isBetween(375.0, 500.0);
    assertThat(pause(Sdk.OPENAI_JAVA, 7_000)).isEqualTo(7_000);
    assertThat(pause(Sdk.OPENAI_JAVA, 20_000)).isEqualTo(8_000);
    assertThat(pause(Sdk.AI, 59_000)).isEqualTo(59_000);
    assertThat(pause(Sdk.AI, 300_000)).isEqualTo(2_000);
    assertThat(pause(Sdk.LANGCHAIN4J, 20_000)).isBetween(500.0, 600.0);
  }

  @Test
  void makesTwoRetriesUnlessToldOtherwise() {
    var not = new Told(503, Optional.of(false), OptionalDouble.empty());
    assertThat(Sdk.OPENAI.again(0, not)).isFalse();
    assertThat(Sdk.OPENAI_JAVA.again(0, not)).isFalse();
    assertThat(Sdk.LANGCHAIN4J.again(0, not)).as("it does not read it").isTrue();
    assertThat(Sdk.OPENAI.again(1, Told.NOTHING)).isTrue();
    assertThat(Sdk.OPENAI.again(2, Told.NOTHING)).isFalse();
    assertThat(Sdk.OPENAI.again(0, new Told(400, Optional.empty(), OptionalDouble.empty())))
        .isFalse();
  }

  private double pause(Sdk sdk, double told) {
    return sdk.pauseMillis(1, new Told(503, Optional.empty(), OptionalDouble.of(told)), random);
  }
}
