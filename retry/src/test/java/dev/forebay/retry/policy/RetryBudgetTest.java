package dev.forebay.retry.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  /// One thing that happened: `call` units of calls' work, or of a retry's.
  private record Step(boolean retry, long work) {}

  @Test
  void inAnyStretchRetriesStayBelowTheRatioPlusTheReserveInCountAndInWork() {
    Seeds.forAll(
        200,
        random -> {
          double ratio = random.nextInt(0, 4) * 0.1;
          long reserve = random.nextLong(10, 30);
          long workReserve = random.nextLong(1, 5_000);
          var budget = new RetryBudget(new BudgetConfig(ratio, reserve, workReserve));
          var steps = new ArrayList<Step>();
          double retryShare = random.nextDouble();
          for (int i = 0; i < 1_000; i++) {
            long work = random.nextLong(0, 1 + workReserve / random.nextInt(1, 50));
            if (random.nextDouble() >= retryShare) {
              budget.call(work);
              steps.add(new Step(false, work));
            } else if (budget.tryRetry(work)) {
              steps.add(new Step(true, work));
            }
          }
          int from = random.nextInt(steps.size());
          for (int start : new int[] {0, from}) {
            double mayCount = reserve;
            double mayWork = workReserve;
            for (var step : steps.subList(start, steps.size())) {
              mayCount += step.retry() ? -1 : ratio;
              mayWork += step.retry() ? -step.work() : ratio * step.work();
              assertThat(mayCount).isGreaterThan(-1e-6);
              assertThat(mayWork).isGreaterThan(-1e-6);
            }
          }
        });
  }

  @Test
  void aThousandCallsThatAllFailCauseAHundredRetriesAndTheReserveAtMost() {
    var budget = new RetryBudget(new BudgetConfig(0.1, 10, 1_000_000));
    int retries = 0;
    for (int i = 0; i < 1_000; i++) {
      budget.call(100);
      while (budget.tryRetry(100)) {
        retries++;
      }
    }
    // the first call finds the bucket full
    assertThat(retries).isEqualTo(109);
  }

  @Test
  void heavyCallsAreBoundedByTheirWork() {
    var budget = new RetryBudget(new BudgetConfig(0.1, 1_000, 100));
    assertThat(budget.tryRetry(60)).isTrue();
    assertThat(budget.tryRetry(60)).isFalse();
    assertThat(budget.tryRetry(40)).isTrue();
    assertThat(budget.tryRetry(101)).isFalse();
  }

  @Test
  void aRefusedRetryCostsNothing() {
    var budget = new RetryBudget(new BudgetConfig(0, 10, 100));
    for (int i = 0; i < 50; i++) {
      assertThat(budget.tryRetry(101)).isFalse();
    }
    assertThat(budget.left()).isEqualTo(10);
  }

  @Test
  void manyThreadsSpendNoMoreThanThereIs() throws InterruptedException {
    var budget = new RetryBudget(new BudgetConfig(0.1, 10, 1_000_000));
    var retries = new AtomicLong();
    var threads = new ArrayList<Thread>();
    var start = new CountDownLatch(1);
    for (int t = 0; t < 8; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                for (int i = 0; i < 1_000; i++) {
                  budget.call(1);
                  retries.addAndGet(budget.tryRetry(1) ? 1 : 0);
                }
              }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    // some refills may find a full bucket at the start, never more than the law allows
    assertThat(retries.get()).isBetween(790L, 810L);
  }

  @Test
  void refusesWhatIsNoBudget() {
    assertThatThrownBy(() -> new BudgetConfig(1.1, 10, 1))
        .hasMessage("ratio must be 0..1, was 1.1");
    assertThatThrownBy(() -> new BudgetConfig(0.1, 9, 1))
        .hasMessageStartingWith("reserve must be 10..");
    assertThatThrownBy(() -> new BudgetConfig(0.1, 10, 0))
        .hasMessageStartingWith("workReserve must be 1..");
    assertThatThrownBy(() -> new RetryBudget(new BudgetConfig(0.1, 10, 1)).call(-1))
        .hasMessage("work must be >= 0, was -1");
  }
}
