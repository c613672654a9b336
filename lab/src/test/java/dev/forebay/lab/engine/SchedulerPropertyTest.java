package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SchedulerPropertyTest {

  private static final CostModel COST = CostModel.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1);

  @Test
  void everySequenceFinishesOnceWithAllItsTokensAndThePoolIsNeverOverdrawn() {
    Seeds.forAll(300, random -> run(random, 0));
  }

  @Test
  void anAbortedSequenceMakesNoTokenAndFreesItsBlocksAtOnce() {
    Seeds.forAll(300, random -> run(random, 0.3));
  }

  @Test
  void admitsInOrderOfArrival() {
    Seeds.forAll(
        200,
        random -> {
          var scheduler = scheduler(random, 64);
          var sequences = new ArrayList<Sequence<Integer>>();
          long now = 0;
          for (int i = 0; i < 60; i++) {
            now += random.nextInt(10_000_000);
            scheduler.step(now);
            sequences.add(submit(scheduler, random, i, now));
            scheduler.step(now);
          }
          drain(scheduler, now);
          for (int i = 1; i < sequences.size(); i++) {
            assertThat(sequences.get(i).admittedAt())
                .isGreaterThanOrEqualTo(sequences.get(i - 1).admittedAt());
          }
        });
  }

  @Test
  void givesTheSameStepsForTheSameCalls() {
    Seeds.forAll(
        50,
        random -> {
          long seed = random.nextLong();
          assertThat(trace(seed)).isEqualTo(trace(seed));
        });
  }

  private static void run(RandomGenerator random, double abortShare) {
    var scheduler = scheduler(random, random.nextInt(20, 200));
    Map<Integer, Sequence<Integer>> open = new HashMap<>();
    Map<Integer, Integer> tokens = new HashMap<>();
    Set<Integer> finished = new HashSet<>();
    Set<Integer> aborted = new HashSet<>();
    int pool = scheduler.usedBlocks();
    assertThat(pool).isZero();
    long now = 0;
    long nextAt = 0;
    for (int i = 0; i < 120 || nextAt != Step.IDLE; i++) {
      var step = scheduler.step(now);
      for (var sequence : step.produced()) {
        assertThat(aborted).doesNotContain(sequence.owner());
        assertThat(finished).doesNotContain(sequence.owner());
        tokens.merge(sequence.owner(), 1, Integer::sum);
      }
      for (var sequence : step.finished()) {
        assertThat(finished.add(sequence.owner())).isTrue();
        assertThat(tokens).containsEntry(sequence.owner(), sequence.outputTokens());
        open.remove(sequence.owner());
      }
      assertThat(scheduler.kvUsage()).isBetween(0.0, 1.0);
      if (i < 120) {
        open.put(i, submit(scheduler, random, i, now));
      }
      if (!open.isEmpty() && random.nextDouble() < abortShare) {
        var sequence = List.copyOf(open.values()).get(random.nextInt(open.size()));
        int victim = sequence.owner();
        open.remove(victim);
        int before = scheduler.usedBlocks();
        int held = sequence.blocks;
        scheduler.abort(sequence);
        scheduler.abort(sequence);
        aborted.add(victim);
        assertThat(scheduler.usedBlocks()).isEqualTo(before - held);
      }
      nextAt = step.nextAt() == Step.IDLE ? scheduler.step(now).nextAt() : step.nextAt();
      now = nextAt == Step.IDLE ? now + 1 : random.nextBoolean() ? nextAt : now + 1_000_000;
    }
    assertThat(open).isEmpty();
    assertThat(finished.size() + aborted.size()).isEqualTo(120);
    assertThat(scheduler.usedBlocks()).isZero();
    assertThat(scheduler.running()).isZero();
    assertThat(scheduler.waiting()).isZero();
  }

  private static List<String> trace(long seed) {
    var random = new SplittableRandom(seed);
    var scheduler = scheduler(random, 60);
    var steps = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      submit(scheduler, random, i, 0);
    }
    var step = scheduler.step(0);
    while (step.nextAt() != Step.IDLE) {
      step = scheduler.step(step.nextAt());
      steps.add(step.at() + ":" + step.produced().stream().map(Sequence::owner).toList());
    }
    return steps;
  }

  private static Scheduler<Integer> scheduler(RandomGenerator random, int blocks) {
    int sequences = random.nextInt(1, 16);
    return new Scheduler<>(
        new SchedulerConfig(random.nextInt(sequences, 300), sequences, blocks), COST);
  }

  private static Sequence<Integer> submit(
      Scheduler<Integer> scheduler, RandomGenerator random, int owner, long now) {
    while (true) {
      int prompt = random.nextInt(1, 300);
      int output = random.nextInt(1, 60);
      if (scheduler.fits(prompt, output)) {
        return scheduler.submit(owner, prompt, random.nextInt(0, prompt), output, now);
      }
    }
  }

  private static void drain(Scheduler<Integer> scheduler, long from) {
    var step = scheduler.step(from);
    while (step.nextAt() != Step.IDLE) {
      step = scheduler.step(step.nextAt());
    }
  }
}
