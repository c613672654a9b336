package dev.forebay.lab.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.goodput.Added;
import dev.forebay.lab.goodput.Queued;
import dev.forebay.lab.goodput.Score;
import dev.forebay.lab.goodput.Served;
import dev.forebay.lab.sockets.SocketContest.Once;
import dev.forebay.lab.sockets.SocketContest.Standing;
import dev.forebay.lab.sockets.Verdict.Bar;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Way FOREBAY = new ForebayWay("lab", List.of());
  private static final Way HAPROXY = new HaproxyWay(48, Duration.ofMillis(500));

  @Test
  void passesWhoIsAheadRefusesAtOnceAndDoesAsTheSimulatorSays() {
    var verdict =
        new Verdict(
            List.of(
                standing(FOREBAY, 5, 10, 10.5, 1),
                standing(new Direct(), 5, 0, 0, 1),
                standing(HAPROXY, 5, 8, 7.5, 1),
                standing(FOREBAY, 10, 10, 10, 1)));

    assertThat(verdict.bars()).allMatch(Bar::passed).hasSize(5);
    assertThat(verdict.bars().getFirst().line())
        .isEqualTo(
            "PASS   good/s at 5x: 1.25 x the best other (HAProxy maxconn (48 calls, 500 ms)),"
                + " >= 1.2 (aim 1.5: missed)");
    assertThat(verdict.table())
        .contains(
            "| HAProxy maxconn (48 calls, 500 ms) | 5.0x | 8.00 |",
            "| 7.50 | 100.00 | 1000.00 | 1.07 |");
  }

  @Test
  void failsWhoIsNot() {
    var verdict =
        new Verdict(
            List.of(
                standing(FOREBAY, 5, 9, 9, 1),
                standing(HAPROXY, 5, 8, 6, 1),
                standing(FOREBAY, 10, 9, 9, 8)));

    assertThat(verdict.bars()).filteredOn(bar -> !bar.passed()).hasSize(3);
    assertThat(verdict.bars()).filteredOn(Bar::passed).hasSize(2);
  }

  @Test
  void whereNobodyWasRefusedNobodyIsPraisedForIt() {
    var verdict = new Verdict(List.of(standing(FOREBAY, 10, 9, 9, Double.NaN)));

    assertThat(verdict.bars().getFirst().line())
        .isEqualTo("FAILED p99 of a refusal without a wait at 10x: - ms, < 5");
    assertThat(verdict.table()).contains("| 9.0 | 1.00 | - | 1.00 |");
  }

  @Test
  void theSlowestRefusalIsThatOfTheRunsThatHadAny() {
    var none = new Once(score(9, Double.NaN), Double.NaN, 1, Optional.empty());
    var some = new Once(score(9, 4), 4, 1, Optional.empty());
    var standing = new Standing(FOREBAY, 10, List.of(none, some));

    assertThat(standing.atOnceP99Millis()).isEqualTo(4);
    assertThat(standing.scores().mean(Score::refusedP99)).isEqualTo(4e6);
  }

  @Test
  void aRunWhoseUsersCameLateIsVoid() {
    var late =
        new Standing(new Direct(), 5, List.of(new Once(score(1, 1), 1, 80, Optional.empty())));
    assertThat(new Verdict(List.of(late)).bars())
        .extracting(Bar::line)
        .containsExactly("FAILED no gateway at 5.0x: void, users began 80 ms late");
  }

  private static Standing standing(
      Way way, double load, double good, double simulated, double refusalMillis) {
    var once = new Once(score(good, 9), refusalMillis, 1, Optional.of(score(simulated, 9)));
    return new Standing(way, load, List.of(once));
  }

  private static Score score(double good, double refusalMillis) {
    return new Score(
        40,
        good,
        200 * good,
        2,
        1,
        0,
        1e8,
        1e9,
        refusalMillis * 1e6,
        Added.UNKNOWN,
        new Queued(0, 0, 0),
        new Served(List.of(), List.of(), 1, 0, 0));
  }
}
