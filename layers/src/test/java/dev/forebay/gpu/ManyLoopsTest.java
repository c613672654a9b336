package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Request;
import dev.forebay.queue.QueueConfig;
import dev.forebay.queue.QueueStage;
import dev.forebay.queue.Queues;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What loops share, under real threads: the queue, the ledgers, what replicas were promised.
@Timeout(20)
class ManyLoopsTest {
  private static final int LOOPS = 4;
  private static final int CALLS = 5_000;
  private static final long KV_TOKENS = 8_000;

  private final List<Replica> replicas =
      List.of(
          new Replica("gpu-0", URI.create("http://gpu-0"), null),
          new Replica("gpu-1", URI.create("http://gpu-1"), null));
  private final Pool pool = new Pool("chat", Dialect.OPENAI, false, replicas);
  private final Rooms rooms = new Rooms();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger waited = new AtomicInteger();
  private final AtomicInteger over = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(LOOPS * CALLS);

  /// One thread and its timers.
  private static final class RealLoop implements Loop, AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    @Override
    public void execute(Runnable task) {
      thread.execute(task);
    }

    @Override
    public Timer at(long nanoTime, Runnable task) {
      ScheduledFuture<?> later = thread.schedule(task, nanoTime - nanoTime(), TimeUnit.NANOSECONDS);
      return () -> later.cancel(false);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void close() {
      thread.shutdownNow();
    }
  }

  @Test
  void whateverLoopsDoAtOnceEachCallEndsOnceAndNothingIsLeft() throws InterruptedException {
    replicas.forEach(replica ->
        rooms.observed(
            replica,
            Telemetry.unknown(0, 0).withSizes(OptionalLong.of(KV_TOKENS), OptionalLong.empty())));
    // That of whichever thread asks, as in the gateway.
    var queues =
        new Queues(
            queue(),
            new PowerOfTwoChoices(
                GpuConfigs.USUAL, rooms, () -> ThreadLocalRandom.current().nextLong()));
    var path =
        new Pipeline(
            List.of(this::tries, new QueueStage(new OnePool(pool), queues), this::answers));
    List<RealLoop> loops = List.of(new RealLoop(), new RealLoop(), new RealLoop(), new RealLoop());
    for (RealLoop loop : loops) {
      loop.execute(() -> enter(path, loop, CALLS));
    }

    assertThat(ended.await(15, TimeUnit.SECONDS)).isTrue();
    assertThat(served).hasValueGreaterThan(LOOPS * CALLS / 4);
    assertThat(waited).hasValueGreaterThan(LOOPS * CALLS / 4);
    assertThat(over).as("promised more than there is").hasValue(0);
    assertThat(queues.waiting("chat")).isZero();
    for (Replica replica : replicas) {
      assertThat(replica.outstandingCalls()).isZero();
      assertThat(replica.outstandingWork()).isZero();
      KvLedger ledger = rooms.of(replica).ledger();
      assertThat(ledger.sequences()).isZero();
      assertThat(ledger.held()).isZero();
      assertThat(ledger.waitingForPrefill()).isZero();
      assertThat(ledger.peak()).isZero();
    }
    loops.forEach(RealLoop::close);
  }

  /// One call, and the others behind it; many are under way at once.
  private void enter(Pipeline path, Loop loop, int left) {
    Call call = Calls.call(loop, Calls.request(true));
    call.onEnd(_ -> ended.countDown());
    path.enter(call);
    if (ThreadLocalRandom.current().nextInt(8) == 0) {
      loop.execute(() -> call.abandon(new Failed(Cause.CLIENT_GONE, false, "left")));
    }
    if (left > 1) {
      loop.execute(() -> enter(path, loop, left - 1));
    }
  }

  private void tries(Call call, Next next) {
    call.attempt(call::end).in("chat", "m");
    next.proceed(call);
  }

  private void answers(Call call, Next next) {
    Attempt attempt = Objects.requireNonNull(call.attempt());
    waited.addAndGet(call.waitedNanos() > 0 ? 1 : 0);
    for (Replica replica : replicas) {
      over.addAndGet(rooms.of(replica).ledger().peak() > 0.9 * KV_TOKENS ? 1 : 0);
    }
    answerAfter(ThreadLocalRandom.current().nextInt(16), call, attempt);
  }

  /// While others of its loop come and end, that many times.
  private void answerAfter(int turns, Call call, Attempt attempt) {
    call.loop()
        .execute(() -> {
          if (turns > 0) {
            answerAfter(turns - 1, call, attempt);
          } else if (!attempt.ended()) {
            served.incrementAndGet();
            call.progress().delta(call.loop().nanoTime());
            attempt.end(new Served(200));
          }
        });
  }

  private static QueueConfig queue() {
    Duration patience = Duration.ofSeconds(30);
    return new QueueConfig(
        LOOPS * CALLS,
        Long.MAX_VALUE,
        Duration.ofSeconds(30),
        List.of(patience, patience, patience, patience),
        10_000);
  }

  private record OnePool(Pool pool) implements Fleet {
    @Override
    public @Nullable Pool poolFor(Request request) {
      return pool;
    }

    @Override
    public List<Pool> pools() {
      return List.of(pool);
    }
  }
}
