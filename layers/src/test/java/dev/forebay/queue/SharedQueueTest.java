package dev.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.TimedLoop;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Next;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SharedQueueTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Pool POOL = new Pool("chat", Dialect.OPENAI, false, List.of());

  @Test
  void whoeverWaitsLongIsWokenForOnceAtATime() {
    var loop = new TimedLoop();
    var patience =
        List.of(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1));
    var config =
        new QueueConfig(1_000, Long.MAX_VALUE, Duration.ofHours(1), patience, Integer.MAX_VALUE);
    var queue = new SharedQueue(new PoolQueue(POOL, new Slots(0), config));
    enter(queue, loop, Long.MAX_VALUE / 2);
    for (int i = 0; i < 200; i++) {
      // sooner than anybody is woken for by then
      enter(queue, loop, loop.nanoTime() + SECOND / 100);
      loop.runUntil(loop.nanoTime() + SECOND / 7);
    }
    assertThat(queue.waiting()).isEqualTo(1);
    assertThat(loop.waiting()).isLessThanOrEqualTo(2);
  }

  private static void enter(SharedQueue queue, Loop loop, long deadline) {
    var call =
        new Call("call", loop, Calls.request(true), loop.nanoTime()) {
          @Override
          public long deadlineNanos() {
            return deadline;
          }
        };
    call.attempt(outcome -> {});
    Next nobody = passed -> {};
    new Ticket(call, nobody, false, queue, new Growth(loop)).enter(POOL);
  }
}
