package dev.forebay.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.bench.scenario.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TurnTest {
  private final List<String> told = new ArrayList<>();

  private static Sample late(double millis) {
    return new Sample(Map.of("cpu", 1.0), 10, 0, millis);
  }

  private Turn turn(Double... lateness) throws Exception {
    var rest = new ArrayDeque<>(List.of(lateness));
    return Turn.of(() -> late(rest.remove()), told::add);
  }

  @Test
  void whatWasInTimeCountsAtOnce() throws Exception {
    Turn turn = turn(4.9);

    assertThat(turn.sample()).contains(late(4.9));
    assertThat(turn.voided()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void whatWasLateIsMeasuredAgainAndSaysSo() throws Exception {
    Turn turn = turn(5.0, 0.1);

    assertThat(turn.sample()).contains(late(0.1));
    assertThat(turn.voided()).isEqualTo(1);
    assertThat(told).containsExactly("void, load or upstream were late: p99 5.0 ms; once more");
  }

  @Test
  void afterThreeTriesItIsGivenUp() throws Exception {
    Turn turn = turn(7.0, 8.0, 9.0, 0.1);

    assertThat(turn.sample()).isEmpty();
    assertThat(turn.voided()).isEqualTo(3);
    assertThat(told).hasSize(3).last().asString().endsWith("given up");
  }
}
