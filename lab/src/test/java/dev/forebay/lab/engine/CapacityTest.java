package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Load on a whole engine in virtual time, against published capacities. Lengths are lognormal with
/// mean and median of the Azure conversation trace of 2023: 1155/1020 in, 211/129 out.
class CapacityTest {

  private static final long MINUTES_4 = 240_000_000_000L;

  @Test
  void eightBillionOnAnH100AnswersInTimeUpToTwelveRequestsASecondAndNotAtThirty() {
    var cost = CostModel.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1);
    assertThat(firstTokenSeconds(cost, 12, 0.99)).isLessThan(1);
    assertThat(firstTokenSeconds(cost, 30, 0.50)).isGreaterThan(5);
  }

  @Test
  void eightBillionOnAnA100IsStableUnderTheLoadVidurRunsThere() {
    var cost = CostModel.of(GpuPreset.A100_80, ModelPreset.LLAMA_3_8B, 1);
    assertThat(firstTokenSeconds(cost, 6.45, 0.50)).isLessThan(0.5);
    assertThat(firstTokenSeconds(cost, 13, 0.50)).isGreaterThan(2);
  }

  @Test
  void qwen32BOnTwoH100KeepsItsTokenTimeWithinTheObjectiveAroundTheLoadLlmDSettlesAt() {
    var cost = CostModel.of(GpuPreset.H100, ModelPreset.QWEN3_32B, 2);
    for (double rate : new double[] {1.2, 1.5, 2.0}) {
      var gaps =
          run(cost, rate, 4_000, 0, 256, 0).stream()
              .map(s -> (s.lastTokenAt() - s.firstTokenAt()) / 255e6)
              .sorted()
              .toList();
      assertThat(gaps.get(gaps.size() / 2)).as("p50 at %s/s", rate).isBetween(15.0, 40.0);
      assertThat(gaps.get(gaps.size() * 99 / 100)).as("p99 at %s/s", rate).isLessThan(100);
    }
  }

  private static double firstTokenSeconds(CostModel cost, double rate, double quantile) {
    var waits =
        run(cost, rate, 1_020, 0.5, 129, 1.0).stream()
            .map(s -> (s.firstTokenAt() - s.arrivedAt()) / 1e9)
            .sorted()
            .toList();
    return waits.get((int) (waits.size() * quantile));
  }

  private static List<Sequence<Integer>> run(
      CostModel cost, double rate, int medianIn, double sigmaIn, int medianOut, double sigmaOut) {
    var random = new SplittableRandom(7);
    var scheduler = new Scheduler<Integer>(SchedulerConfig.of(cost), cost);
    var all = new ArrayList<Sequence<Integer>>();
    var in = new OutputLengths(medianIn, sigmaIn, 16_000);
    var out = new OutputLengths(medianOut, sigmaOut, 2_000);
    long arrival = 0;
    long nextAt = Step.IDLE;
    while (true) {
      arrival += (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
      if (arrival > MINUTES_4) {
        break;
      }
      while (nextAt <= arrival) {
        nextAt = scheduler.step(nextAt).nextAt();
      }
      all.add(
          scheduler.submit(
              all.size(), in.sample(random.nextLong()), 0, out.sample(random.nextLong()), arrival));
      nextAt = scheduler.step(arrival).nextAt();
    }
    while (nextAt != Step.IDLE) {
      nextAt = scheduler.step(nextAt).nextAt();
    }
    return all;
  }
}
