package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.fleet.Replica;
import java.net.URI;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  @Test
  void whatIsNotShownIsUnknown() {
    Telemetry nothing = Telemetry.unknown(1, 2);
    assertThat(nothing.isEmpty()).isTrue();
    assertThat(nothing.kvUsage()).isEmpty();
    assertThat(nothing.waiting()).isEmpty();
    assertThat(nothing.withSizes(OptionalLong.of(5), OptionalLong.empty()).isEmpty()).isFalse();
  }

  @Test
  void refusesNumbersThatNoEngineCanHave() {
    assertThatThrownBy(() -> usage(1.01)).hasMessage("kvUsage must be 0..1, was 1.01");
    assertThatThrownBy(() -> usage(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Telemetry.unknown(1, 2).withSizes(OptionalLong.of(0), OptionalLong.empty()))
        .hasMessage("kvCapacityTokens must be >= 1, was 0");
    assertThatThrownBy(() -> Telemetry.unknown(2, 1)).hasMessageContaining("answered");
  }

  @Test
  void sizesAreTakenFromAnotherMomentAndNothingElse() {
    Telemetry other =
        new Telemetry(
            0,
            0,
            OptionalDouble.of(0.7),
            OptionalLong.of(1000),
            OptionalLong.of(3),
            OptionalLong.of(4),
            OptionalLong.of(8),
            OptionalLong.of(5),
            OptionalLong.of(16),
            OptionalLong.of(6),
            OptionalLong.of(7));
    Telemetry whole = Telemetry.unknown(1, 2).withSizesOf(other);
    assertThat(whole)
        .isEqualTo(
            new Telemetry(
                1,
                2,
                OptionalDouble.empty(),
                OptionalLong.of(1000),
                NONE,
                NONE,
                OptionalLong.of(8),
                NONE,
                OptionalLong.of(16),
                NONE,
                NONE));
    assertThat(whole.withSizesOf(other.withSizes(OptionalLong.of(9), OptionalLong.empty())))
        .isEqualTo(whole);
  }

  @Test
  void theLastIsRememberedAsLongAsTheReplicaStays() {
    Replica one = new Replica("one", URI.create("http://one"), null);
    Replica two = new Replica("two", URI.create("http://two"), null);
    LastTelemetry last = new LastTelemetry();
    last.observed(one, Telemetry.unknown(1, 2));
    last.observed(one, Telemetry.unknown(3, 4));
    last.observed(two, Telemetry.unknown(5, 6));
    assertThat(last.of(one)).isEqualTo(Telemetry.unknown(3, 4));
    last.keep(List.of(two));
    assertThat(last.of(one)).isNull();
    assertThat(last.of(two)).isEqualTo(Telemetry.unknown(5, 6));
  }

  private static Telemetry usage(double usage) {
    return new Telemetry(
        0, 0, OptionalDouble.of(usage), NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE);
  }
}
