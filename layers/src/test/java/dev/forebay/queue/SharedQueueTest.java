package dev.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.TimedLoop;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Place;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Test
  void whereTheLoopThatWasToWakeIsBusyAnotherOneDoes() {
    var busy = new TimedLoop();
    var other = new TimedLoop();
    var patience = Collections.nCopies(QueueConfig.CLASSES, Duration.ofSeconds(10));
    var config = new QueueConfig(9, Long.MAX_VALUE, Duration.ofSeconds(60), patience, 50);
    var queue = new SharedQueue(new PoolQueue(POOL, new Slots(0), config));
    enter(queue, busy, busy.nanoTime() + SECOND);
    other.runUntil(other.nanoTime() + SECOND / 2);
    enter(queue, other, other.nanoTime() + SECOND);
    other.runUntil(other.nanoTime() + 2 * SECOND);

    assertThat(queue.waiting()).isZero();
  }

  @Test
  void whoIsNotLetInIsToldItsPlaceEvenIfItWouldBeTheNext() {
    var loop = new TimedLoop();
    var patience = Collections.nCopies(QueueConfig.CLASSES, Duration.ofSeconds(10));
    var config = new QueueConfig(9, Long.MAX_VALUE, Duration.ofSeconds(60), patience, 50);
    var closed = new Slots(0);
    closed.refusal = new RetryAt(Reason.UPSTREAM_BUSY, loop.nanoTime() + 5 * SECOND);
    var queue = new SharedQueue(new PoolQueue(POOL, closed, config));
    Call waits = enter(queue, loop, loop.nanoTime() + 60 * SECOND);
    Call hurries = enter(queue, loop, loop.nanoTime() + SECOND);

    assertThat(waits.waiting()).isTrue();
    assertThat(hurries.waiting()).isFalse();
    assertThat(hurries.place()).isEqualTo(new Place(1, Duration.ofSeconds(5)));
  }

  @Test
  void whoComesAtTheSameMomentIsNotTakenForSomebodyWhoWaits() throws Exception {
    var patience = Collections.nCopies(QueueConfig.CLASSES, Duration.ofSeconds(10));
    var nobodyWaits = new QueueConfig(0, Long.MAX_VALUE, Duration.ofSeconds(60), patience, 50);
    var started = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (int round = 1; round <= 500; round++) {
        var queue = new SharedQueue(new PoolQueue(POOL, new Slots(2), nobodyWaits));
        var together = new CyclicBarrier(2);
        Callable<Void> comes =
            () -> {
              var loop = new TimedLoop();
              var call = new Call("call", loop, Calls.request(true), loop.nanoTime());
              call.attempt(outcome -> {});
              Next next = passed -> started.incrementAndGet();
              var ticket = new Ticket(call, next, false, queue, new Growth(loop));
              together.await();
              ticket.enter(POOL);
              return null;
            };
        for (Future<Void> one : threads.invokeAll(List.of(comes, comes))) {
          one.get();
        }
        assertThat(started).hasValue(2 * round);
      }
    }
  }

  private static Call enter(SharedQueue queue, Loop loop, long deadline) {
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
    return call;
  }
}
