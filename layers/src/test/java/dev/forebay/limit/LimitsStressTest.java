package dev.forebay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.limit.Decision.Passed;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Many threads at the same limits, while those change.
class LimitsStressTest {
  private static final int THREADS = 8;
  private static final int MOST = 5;

  @Test
  void noUnitIsPassedTwiceAndNoPermitIsLost() throws Exception {
    var config = new LimitConfigs();
    config.global = set(2_000);
    config.tenant("anonymous", set(1_500));
    config.address = set(1_000);
    var limits = new Limits(config.build(), 1, 0);
    var held = new AtomicInteger();
    var passed = new AtomicInteger();
    List<Callable<Integer>> loops = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      RandomGenerator random = Seeds.random(thread);
      loops.add(() -> run(limits, random, held, passed));
    }
    loops.add(() -> {
      for (int i = 0; i < 200; i++) {
        limits.become(config.build(), 0);
        PermitAudit audit = limits.audit(() -> Long.MAX_VALUE, 0);
        assertThat(audit.difference()).isZero();
      }
      return 0;
    });
    int most = 0;
    try (var threads = Executors.newFixedThreadPool(loops.size())) {
      for (Future<Integer> loop : threads.invokeAll(loops)) {
        most = Math.max(most, loop.get());
      }
    }
    // Time stands still, so the tightest burst is all that ever passes.
    assertThat(passed.get()).isEqualTo(1_001);
    assertThat(most).isBetween(2, MOST);
    PermitAudit audit = limits.audit(() -> 0, 0);
    assertThat(audit.difference()).isZero();
    assertThat(audit.limits()).hasSize(3).allMatch(line -> line.held() == 0);
    // Every token came back: another call can have all of the burst.
    assertThat(limits.readings().stream().filter(each -> each.limit().startsWith("tokens")))
        .hasSize(3)
        .allMatch(each -> each.passed() == 1_001);
  }

  private static int run(
      Limits limits, RandomGenerator random, AtomicInteger held, AtomicInteger passed) {
    var grants = new ArrayDeque<Grant>();
    int most = 0;
    for (int i = 0; i < 5_000; i++) {
      if (!grants.isEmpty() && random.nextInt(3) == 0) {
        held.decrementAndGet();
        limits.settle(grants.remove(), new Progress(), 0, 0);
      } else {
        var call = new Call("c", new HandLoop(), LimitsTest.request("m", null), 0);
        if (limits.admit(call, 0, 0) instanceof Passed(var grant, _, _, _)) {
          grants.add(grant);
          passed.incrementAndGet();
          most = Math.max(most, held.incrementAndGet());
        }
      }
    }
    for (Grant grant : grants) {
      held.decrementAndGet();
      limits.settle(grant, new Progress(), 0, 0);
    }
    return most;
  }

  private static LimitSet set(int burst) {
    return new LimitSet(
        List.of(Requests.of("1/min", burst)),
        List.of(Tokens.of("1/min", 8_000)),
        List.of(Concurrency.of(MOST)));
  }
}
