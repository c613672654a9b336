package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Loop.Timer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualLoopTest {
  private final List<String> ran = new ArrayList<>();

  @Test
  void runsByTimeAndThenInTheOrderAskedFor() {
    var loop = new VirtualLoop(-100);
    loop.at(50, () -> ran.add("late"));
    loop.at(20, () -> ran.add("first at 20"));
    loop.at(20, () -> ran.add("second at 20"));
    loop.execute(() -> ran.add("now"));
    loop.runUntilIdle();
    assertThat(ran).containsExactly("now", "first at 20", "second at 20", "late");
    assertThat(loop.nanoTime()).isEqualTo(50);
  }

  @Test
  void aTaskDueInThePastRunsNowButAfterWhatWaits() {
    var loop = new VirtualLoop(1_000);
    loop.execute(() -> ran.add("waits"));
    loop.at(3, () -> ran.add("due at " + loop.nanoTime()));
    loop.runUntilIdle();
    assertThat(ran).containsExactly("waits", "due at 1000");
  }

  @Test
  void aCancelledTaskNeitherRunsNorMovesTheClock() {
    var loop = new VirtualLoop();
    Timer timer = loop.at(70, () -> ran.add("never"));
    timer.cancel();
    assertThat(loop.idle()).isTrue();
    loop.runUntilIdle();
    timer.cancel();
    assertThat(ran).isEmpty();
    assertThat(loop.nanoTime()).isZero();
    assertThat(loop.ran()).isZero();
  }

  @Test
  void runUntilStopsAtTheMomentAndKeepsTheRest() {
    var loop = new VirtualLoop();
    loop.at(10, () -> loop.at(20, () -> ran.add("chained")));
    loop.at(21, () -> ran.add("beyond"));
    loop.runUntil(20);
    assertThat(ran).containsExactly("chained");
    assertThat(loop.nanoTime()).isEqualTo(20);
    assertThat(loop.idle()).isFalse();
  }
}
