package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class SchedulerTest {

  private static final CostModel COST = CostModel.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1);

  @Test
  void prefillsInChunksAndThenMakesATokenAnIteration() {
    var scheduler = scheduler(512, 8, 1_000);
    var sequence = scheduler.submit("a", 1_000, 0, 3, 0);
    int iterations = 0;
    var at = new ArrayList<Integer>();
    var step = scheduler.step(0);
    while (step.nextAt() != Step.IDLE) {
      step = scheduler.step(step.nextAt());
      iterations++;
      if (!step.produced().isEmpty()) {
        at.add(iterations);
      }
    }
    assertThat(at).containsExactly(2, 3, 4);
    assertThat(sequence.state()).isEqualTo(Sequence.State.FINISHED);
  }

  @Test
  void decodesGoOnWhileAPromptIsPrefilled() {
    var scheduler = scheduler(256, 8, 1_000);
    var first = scheduler.submit("first", 16, 0, 50, 0);
    var step = scheduler.step(0);
    step = scheduler.step(step.nextAt());
    var second = scheduler.submit("second", 2_000, 0, 1, step.at());
    while (second.firstTokenAt() == Sequence.NEVER) {
      int before = first.generated();
      step = scheduler.step(step.nextAt());
      assertThat(first.generated()).isEqualTo(before + 1);
    }
  }

  @Test
  void cachedTokensShortenTheWayToTheFirstToken() {
    assertThat(firstTokenNanos(4_000)).isLessThan(firstTokenNanos(0) / 4);
  }

  @Test
  void theNewestGivesWayWhenBlocksRunOutAndIsComputedAgain() {
    var scheduler = scheduler(512, 8, 8);
    var old = scheduler.submit("old", 48, 0, 40, 0);
    var young = scheduler.submit("young", 48, 0, 40, 0);
    var step = scheduler.step(0);
    while (step.nextAt() != Step.IDLE) {
      step = scheduler.step(step.nextAt());
    }
    assertThat(old.preemptions()).isZero();
    assertThat(young.preemptions()).isPositive();
    assertThat(young.generated()).isEqualTo(40);
    assertThat(scheduler.preemptions()).isEqualTo(young.preemptions());
  }

  @Test
  void aLateDriverCatchesUpWithoutLosingTime() {
    var punctual = scheduler(512, 8, 100);
    var late = scheduler(512, 8, 100);
    var a = punctual.submit("a", 100, 0, 20, 0);
    var b = late.submit("b", 100, 0, 20, 0);
    var step = punctual.step(0);
    while (step.nextAt() != Step.IDLE) {
      step = punctual.step(step.nextAt());
    }
    late.step(0);
    long hour = 3_600_000_000_000L;
    while (late.step(hour).nextAt() <= hour) {}
    assertThat(b.lastTokenAt()).isEqualTo(a.lastTokenAt());
  }

  @Test
  void refusesWhatCanNeverFit() {
    var scheduler = scheduler(512, 8, 4);
    assertThat(scheduler.fits(60, 5)).isTrue();
    assertThat(scheduler.fits(60, 6)).isFalse();
    assertThatThrownBy(() -> scheduler.submit("a", 60, 0, 6, 0))
        .hasMessageContaining("must fit 4 blocks");
  }

  private static long firstTokenNanos(int cached) {
    var scheduler = scheduler(8_192, 8, 1_000);
    var sequence = scheduler.submit("a", 4_100, cached, 1, 0);
    scheduler.step(scheduler.step(0).nextAt());
    return sequence.firstTokenAt();
  }

  private static Scheduler<String> scheduler(int tokens, int sequences, int blocks) {
    return new Scheduler<>(new SchedulerConfig(tokens, sequences, blocks), COST);
  }
}
