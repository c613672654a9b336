package dev.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.TimedLoop;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.queue.Slots.Look;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GrowthTest {
  private static final Pool POOL = new Pool("chat", Dialect.OPENAI, false, List.of());
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private static final Duration LONG = Duration.ofHours(1);
  private static final QueueConfig CONFIG =
      new QueueConfig(1, Long.MAX_VALUE, LONG, List.of(LONG, LONG, LONG, LONG), 80);

  private final TimedLoop loop = new TimedLoop();
  private final Slots slots = new Slots(1);
  private final SharedQueue queue = new SharedQueue(new PoolQueue(POOL, slots, CONFIG));
  private final Growth growth = new Growth(loop);

  @Test
  void eachLookAtAnAnswerThatGrowsSaysSinceWhenAllWereInTime() {
    Call call = begin();
    grow(call, 10);
    grow(call, 20);
    assertThat(slots.looks).containsExactly(look(0, 10), look(0, 20));
  }

  @Test
  void whatIsSeenLateOrUntilTheNextLookSaysNothing() {
    Call call = begin();
    grow(call, 10);
    loop.block(200 * MILLI);
    grow(call, 200);
    grow(call, 210);
    grow(call, 220);
    assertThat(slots.looks)
        .containsExactly(look(0, 10), look(210, 200), look(210, 210), look(210, 220));
  }

  @Test
  void aLookThatIsAMomentLateIsInTime() {
    Call call = begin();
    loop.block(20 * MILLI);
    grow(call, 20);
    grow(call, 30);
    assertThat(slots.looks).containsExactly(look(0, 20), look(0, 30));
  }

  @Test
  void aLoopThatHadNothingToLookAtWasNotLate() {
    begin().abandon(new Served(200));
    loop.runUntil(1_000 * MILLI);
    grow(begin(), 1_010);
    assertThat(slots.looks).containsExactly(look(0, 1_010));
  }

  private Call begin() {
    Call call = Calls.call(loop, Calls.request(true));
    call.attempt(_ -> {});
    new Ticket(call, _ -> {}, false, queue, growth).enter(POOL);
    return call;
  }

  private void grow(Call call, long millis) {
    call.progress().delta(loop.nanoTime());
    loop.runUntil(millis * MILLI);
  }

  private static Look look(long inTimeSince, long now) {
    return new Look(inTimeSince * MILLI, now * MILLI);
  }
}
