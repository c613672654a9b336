package dev.forebay.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.fleet.Account;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Dialect;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PoolBudgetTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long WORK = 2_000;

  private final Replica small = replica("small");
  private final Replica large = replica("large");
  private final Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(small, large));
  private final PoolBudget budget = new PoolBudget(() -> 0.1);
  private long now = -7;

  @Test
  void theCallsOfTheLargestReplicaAreAllTriedElsewhere() {
    var held = new ArrayDeque<Reservation>();
    for (int i = 0; i < 300; i++) {
      held.add(large.reserve(WORK));
      budget.call(pool, WORK, now);
    }
    for (int i = 0; i < 300; i++) {
      held.remove().close();
      assertThat(budget.tryRetry(pool, WORK, now)).as("call %d", i).isTrue();
    }
    assertThat(budget.denied()).isZero();
  }

  @Test
  void oneVeryLargeCallMayBeTriedElsewhere() {
    budget.call(pool, 1_000_000, now);
    assertThat(budget.tryRetry(pool, 1_000_000, now)).isTrue();
    assertThat(budget.tryRetry(pool, 1_000_000, now)).isFalse();
  }

  @Test
  void aQuietPoolHasTenRetriesAndThoseOfItsLargestReplica() {
    int made = 0;
    while (budget.tryRetry(pool, 1, now)) {
      made++;
    }
    assertThat(made).isEqualTo(11);
    assertThat(budget.denied()).isEqualTo(1);
    assertThat(budget.left()).isZero();
  }

  @Test
  void whatAReplicaHeldIsForgottenAfterTwoMinutes() {
    try (Reservation many = large.reserve(WORK);
        Reservation more = large.reserve(WORK)) {
      assertThat(List.of(many, more)).hasSize(2);
      budget.call(pool, WORK, now);
    }
    assertThat(budget.left()).isEqualTo(12);
    now += 121 * SECOND;
    budget.call(pool, WORK, now);
    assertThat(budget.left()).isEqualTo(10);
  }

  @Test
  void poolsOnOneAccountHaveOneBudget() {
    var budgets = new RetryBudgets(new RetryConfig(3, 10));
    var other = new Pool("other", Dialect.OPENAI, false, List.of());
    assertThat(budgets.of(pool)).isNotSameAs(budgets.of(other));
    pool.account(new Account("chat"));
    other.account(new Account("chat"));
    assertThat(budgets.of(pool)).isSameAs(budgets.of(other));
    other.account(null);
    var namesake = new Pool("chat", Dialect.OPENAI, false, List.of());
    assertThat(budgets.of(namesake)).as("a pool is no account").isNotSameAs(budgets.of(pool));
  }

  @Test
  void inAnyMinuteRetriesAreATenthOfTheCallsAndTheReserveAtMost() {
    Seeds.forAll(
        100,
        random -> {
          var any = new PoolBudget(() -> 0.1);
          var two = List.of(replica("a"), replica("b"));
          var chat = new Pool("chat", Dialect.OPENAI, false, two);
          var held = new ArrayList<Reservation>();
          long time = random.nextLong();
          long began = time;
          double calls = 0;
          double work = 0;
          int retries = 0;
          long retriedWork = 0;
          int mostHeld = 0;
          long mostWork = 0;
          while (time - began < 60 * SECOND) {
            time += random.nextLong(SECOND / 5);
            long size = random.nextLong(1, 5_000);
            switch (random.nextInt(4)) {
              case 0 -> {
                any.call(chat, size, time);
                calls++;
                work += size;
              }
              case 1 -> held.add(two.get(random.nextInt(2)).reserve(size));
              case 2 -> {
                if (!held.isEmpty()) {
                  held.remove(random.nextInt(held.size())).close();
                }
              }
              default -> {
                if (any.tryRetry(chat, size, time)) {
                  retries++;
                  retriedWork += size;
                }
              }
            }
            for (Replica each : two) {
              mostHeld = Math.max(mostHeld, each.outstandingCalls());
              mostWork = Math.max(mostWork, each.outstandingWork());
            }
            assertThat((double) retries).isLessThanOrEqualTo(0.1 * calls + 11 + mostHeld + 1e-6);
            assertThat((double) retriedWork)
                .isLessThanOrEqualTo(0.1 * work + 25_000 + mostWork + 1e-6);
          }
        });
  }

  private static Replica replica(String name) {
    return new Replica(name, URI.create("http://" + name), null);
  }
}
