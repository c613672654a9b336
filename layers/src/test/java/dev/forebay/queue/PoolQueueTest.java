package dev.forebay.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Place;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import dev.forebay.queue.Verdict.Drop;
import dev.forebay.queue.Verdict.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoolQueueTest {
  private static final Pool POOL = new Pool("chat", Dialect.OPENAI, false, List.of());
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final QueueConfig CONFIG =
      new QueueConfig(
          10,
          Long.MAX_VALUE,
          Duration.ofSeconds(60),
          List.of(
              Duration.ofSeconds(10),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60),
              Duration.ofSeconds(300)),
          80);

  private final HandLoop loop = new HandLoop();
  private final Slots slots = new Slots(1);
  private final PoolQueue queue = queue(slots, CONFIG);

  private static PoolQueue queue(Slots slots, QueueConfig config) {
    return new PoolQueue(POOL, slots, config);
  }

  @Test
  void aCallForWhichThereIsRoomStartsAtOnce() {
    Entry entry = offer("acme", 1);

    assertThat(started(0)).isSameAs(entry);
    assertThat(queue.next(0)).isNull();
    assertThat(queue.nextEvent()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatComesFromALargerModelTakesRoomThatNobodyWaitsForOrNone() {
    Entry first = offer(new Degradation("smaller", 0));
    assertThat(started(0)).isSameAs(first);

    Entry second = offer(new Degradation("smaller", 0));
    assertThat(requireNonNull(queue.next(0))).isEqualTo(new Drop(second, Reason.POOL_FULL, SECOND));

    offer("acme", 3);
    assertThat(queue.next(0)).isNull();
    Entry third = offer(new Degradation("smaller", 0));
    assertThat(requireNonNull(queue.next(0))).isEqualTo(new Drop(third, Reason.POOL_FULL, SECOND));
    assertThat(queue.waiting()).isEqualTo(1);
  }

  @Test
  void theNextStartsWhenRoomIsGivenBack() {
    offer("acme", 1);
    Start first = start(queue, 0);
    Entry second = offer("acme", 1);
    assertThat(queue.next(0)).isNull();
    assertThat(queue.nextEvent()).isEqualTo(50 * MILLI);

    end(first);

    assertThat(started(0)).isSameAs(second);
  }

  @Test
  void betterClassesComeFirstAndTenantsThatWereServedLess() {
    offer("acme", 1);
    Start running = start(queue, 0);
    Entry batch = offer("acme", 3);
    Entry acme = offer("acme", 1);
    Entry other = offer("other", 1);
    Entry urgent = offer("acme", 0);

    List<Entry> order = new ArrayList<>();
    while (queue.waiting() > 0) {
      end(running);
      running = start(queue, 0);
      order.add(running.entry());
    }
    assertThat(order).containsExactly(urgent, other, acme, batch);
  }

  @Test
  void whoWasOverdueIsGivenUp() {
    offer("acme", 1);
    queue.next(0);
    Entry waits = offer("acme", 1);

    assertThat(queue.next(10 * SECOND - 1)).isNull();
    assertThat(queue.next(10 * SECOND)).isEqualTo(new Drop(waits, Reason.OVERDUE, SECOND));
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void whoseFirstContentWouldBeLateIsGivenUpWhenItsTurnComes() {
    offer("acme", 1);
    queue.next(0);
    Entry waits = offer("acme", 1);
    slots.firstContentNanos = 4 * SECOND;

    assertThat(queue.next(6 * SECOND)).isNull();
    assertThat(queue.next(6 * SECOND + 1)).isEqualTo(new Drop(waits, Reason.OVERDUE, SECOND));
  }

  @Test
  void itIsCalmWhereNobodyElseWaitsAndNobodyWasGivenUpForTenSeconds() {
    offer("acme", 1);
    Start running = start(queue, 0);
    assertThat(slots.calm).as("the first").isTrue();
    offer("acme", 1);
    queue.next(0);
    assertThat(slots.calm).as("who waits alone").isTrue();
    offer("acme", 1);
    queue.next(0);
    assertThat(slots.calm).as("one of two").isFalse();

    assertThat(queue.next(10 * SECOND)).isInstanceOf(Drop.class);
    assertThat(queue.next(10 * SECOND)).isInstanceOf(Drop.class);
    end(running);
    queue.offer(new Entry(call("acme", 1, 20 * SECOND), false), POOL, 20 * SECOND);
    end(start(queue, 20 * SECOND));
    assertThat(slots.calm).as("ten seconds later").isFalse();
    queue.offer(new Entry(call("acme", 1, 20 * SECOND + 1), false), POOL, 20 * SECOND + 1);
    start(queue, 20 * SECOND + 1);
    assertThat(slots.calm).as("after that").isTrue();
  }

  @Test
  void whoWouldWaitTooLongIsToldSoAtOnce() {
    // One call of 600 work units a second.
    var slow =
        queue(
            slots,
            new QueueConfig(1_000, Long.MAX_VALUE, Duration.ofHours(1), CONFIG.patience(), 80));
    long now = 0;
    for (int i = 0; i < 5; i++) {
      Entry entry = new Entry(call("acme", 1, now), false);
      slow.offer(entry, POOL, now);
      Start start = start(slow, now);
      slow.offer(new Entry(call("acme", 1, now), false), POOL, now);
      assertThat(slow.next(now)).isNull();
      now += SECOND;
      start.reservation().close();
      slow.leave(start.entry(), start.entry().call.progress());
      Start waited = start(slow, now);
      waited.reservation().close();
      slow.leave(waited.entry(), waited.entry().call.progress());
    }
    slow.offer(new Entry(call("acme", 1, now), false), POOL, now);
    assertThat(slow.next(now)).isInstanceOf(Start.class);
    int taken = 0;
    Verdict verdict = null;
    while (verdict == null) {
      slow.offer(new Entry(call("acme", 1, now), false), POOL, now);
      verdict = slow.next(now);
      taken++;
    }
    assertThat(((Drop) verdict).reason()).isEqualTo(Reason.TOO_LATE);
    // 8 s of the 10 s that its patience leaves, at one or two calls a second
    assertThat(taken).isBetween(8, 18);
    assertThat(((Drop) verdict).retryNanos()).isBetween(7 * SECOND, 10 * SECOND);

    Call less = call("acme", 1, now);
    less.attempt(_ -> {}).degraded(new Degradation(null, 100));
    slow.offer(new Entry(less, false), POOL, now);
    assertThat(slow.next(now)).as("who asks for less may use half of the margin, too").isNull();
  }

  @Test
  void whenTheQueueIsFullTheWorstMakesRoomForABetterOne() {
    offer("acme", 1);
    queue.next(0);
    List<Entry> batch = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      batch.add(offer("acme", 3));
    }
    Entry eleventh = offer("acme", 3);
    assertThat(queue.next(0)).isEqualTo(new Drop(eleventh, Reason.QUEUE_FULL, SECOND));

    offer("acme", 1);

    assertThat(queue.next(0)).isEqualTo(new Drop(batch.getLast(), Reason.DISPLACED, SECOND));
    assertThat(queue.next(0)).isNull();
    assertThat(queue.waiting()).isEqualTo(10);
  }

  @Test
  void aFloodOfOneTenantMakesRoomForAnother() {
    offer("flood", 1);
    queue.next(0);
    List<Entry> flood = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      flood.add(offer("flood", 1));
    }

    Entry other = offer("other", 1);

    assertThat(queue.next(0)).isEqualTo(new Drop(flood.getLast(), Reason.DISPLACED, SECOND));
    assertThat(other.waiting).isTrue();
  }

  @Test
  void whoWaitsKnowsHowManyAreAhead() {
    offer("acme", 1);
    queue.next(0);
    Entry batch = new Entry(call("acme", 3, 0), false);
    Entry chat = new Entry(call("acme", 1, 0), false);
    Entry other = new Entry(call("acme", 1, 0), false);

    assertThat(queue.offer(batch, POOL, 0)).isEqualTo(new Place(1, null));
    assertThat(queue.offer(chat, POOL, 0)).isEqualTo(new Place(1, null));
    assertThat(queue.offer(other, POOL, 0)).isEqualTo(new Place(2, null));

    assertThat(queue.next(0)).isNull();
    assertThat(queue.place(batch, 0)).isEqualTo(new Place(3, null));
    queue.leave(chat, new Progress());
    assertThat(queue.place(chat, 0)).as("it waits no more").isNull();
    assertThat(queue.place(batch, SECOND))
        .as("numbered once a second")
        .isEqualTo(new Place(3, null));
    assertThat(queue.place(batch, SECOND + 1)).isEqualTo(new Place(2, null));
  }

  /// Each call takes three seconds, and one is under way at a time.
  @Test
  void whoWaitsKnowsHowLongOnceItIsKnownHowFastThePoolIs() {
    Start running = start(queue, offer("acme", 1), 0);
    offer("acme", 1);
    assertThat(queue.next(0)).isNull();
    assertThat(queue.offer(new Entry(call("acme", 1, SECOND), false), POOL, SECOND))
        .as("it was never seen to start anything that waited")
        .isEqualTo(new Place(2, null));
    assertThat(queue.next(SECOND)).isNull();
    for (long now = 3 * SECOND; now <= 6 * SECOND; now += 3 * SECOND) {
      end(running);
      running = start(queue, now);
      assertThat(queue.next(now)).isNull();
    }

    Place first = queue.offer(new Entry(call("acme", 1, 7 * SECOND), false), POOL, 7 * SECOND);
    Place second = queue.offer(new Entry(call("acme", 1, 7 * SECOND), false), POOL, 7 * SECOND);

    assertThat(first).isEqualTo(new Place(1, Duration.ofSeconds(2)));
    assertThat(second).isEqualTo(new Place(2, Duration.ofSeconds(5)));
  }

  @Test
  void whereAnAccountIsClosedItIsToldWhenItOpensAndNobodyIsDisplacedForOneThatCannotWaitSoLong() {
    PoolQueue two = queue(slots, bounded(2, Long.MAX_VALUE));
    slots.refusal = new RetryAt(Reason.UPSTREAM_BUSY, 5 * SECOND);
    for (int i = 1; i <= 2; i++) {
      two.offer(new Entry(call("acme", 1, 0), false), POOL, 0);
      assertThat(two.next(0)).isNull();
    }
    Entry hurried = new Entry(due("acme", SECOND), false);

    assertThat(two.offer(hurried, POOL, 0)).isEqualTo(new Place(1, Duration.ofSeconds(5)));
    assertThat(two.next(0)).isEqualTo(new Drop(hurried, Reason.TOO_LATE, 5 * SECOND));
    assertThat(two.waiting()).isEqualTo(2);
  }

  @Test
  void theTimeForWhichAnAccountWasClosedSaysNothingOfHowFastThePoolIs() {
    end(start(queue, offer("acme", 1), 0));
    slots.refusal = new RetryAt(Reason.UPSTREAM_BUSY, 5 * SECOND);
    offer("acme", 1);
    offer("acme", 1);
    assertThat(queue.next(0)).isNull();
    slots.refusal = null;
    start(queue, 5 * SECOND);

    long later = 5 * SECOND + 20 * MILLI;
    assertThat(queue.next(later)).isNull();
    Place last = queue.offer(new Entry(call("acme", 1, later), false), POOL, later);
    assertThat(last).isEqualTo(new Place(2, null));
  }

  @Test
  void aPlaceOnTheAccountIsWaitedForByWhoeverHasNoOtherPool() {
    slots.refusal = new RetryAt(Reason.ACCOUNT_FULL, SECOND / 20);
    var waits = new Entry(due("acme", SECOND / 100), false);
    queue.offer(waits, POOL, 0);
    assertThat(queue.next(0)).isNull();
    var goesOn = new Entry(call("other", 0, 0), true);
    queue.offer(goesOn, POOL, 0);
    assertThat(queue.next(0)).isEqualTo(new Drop(goesOn, Reason.ACCOUNT_FULL, SECOND));

    slots.refusal = null;
    assertThat(started(0)).isSameAs(waits);
  }

  /// Where nobody comes any more and answers are as long as was thought.
  @Test
  void theyStartInTheOrderInWhichTheyAreNumbered() {
    Seeds.forAll(
        200,
        random -> {
          var room = new Slots(1);
          var config =
              new QueueConfig(
                  1_000, Long.MAX_VALUE, Duration.ofHours(1), CONFIG.patience(), 1_000_000);
          PoolQueue any = queue(room, config);
          any.offer(new Entry(call("first", 1, 0), false), POOL, 0);
          Start running = start(any, 0);
          List<Entry> waiting = new ArrayList<>();
          int calls = 2 + random.nextInt(40);
          for (int i = 0; i < calls; i++) {
            int chars = random.nextInt(20_000);
            Call call = call("t" + random.nextInt(6), 1, i, chars, 1 + random.nextInt(300));
            var entry = new Entry(call, false);
            any.offer(entry, POOL, 0);
            waiting.add(entry);
          }
          any.next(0);
          Map<Entry, Integer> numbers = new HashMap<>();
          waiting.forEach(each -> numbers.put(each, requireNonNull(any.place(each, 0)).position()));
          for (int number = 1; number <= waiting.size(); number++) {
            Call call = running.entry().call;
            for (int token = 0; token < call.request().maxTokens(); token++) {
              call.progress().delta(0);
            }
            running.reservation().close();
            any.leave(running.entry(), call.progress());
            running = start(any, 0);
            assertThat(numbers.get(running.entry())).isEqualTo(number);
          }
        });
  }

  @Test
  void workThatWaitsIsBoundedAndTheWorstMakesRoomForWhatIsBetter() {
    var config =
        new QueueConfig(10, 1_800, CONFIG.maxWait(), CONFIG.patience(), CONFIG.earlyPercent());
    PoolQueue bounded = queue(slots, config);
    bounded.offer(new Entry(call("acme", 1, 0), false), POOL, 0);
    start(bounded, 0);
    List<Entry> batch = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      batch.add(new Entry(call("acme", 3, 0), false));
      bounded.offer(batch.getLast(), POOL, 0);
    }

    assertThat(bounded.next(0)).isEqualTo(new Drop(batch.getLast(), Reason.QUEUE_FULL, SECOND));
    bounded.offer(new Entry(call("acme", 1, 0), false), POOL, 0);
    assertThat(bounded.next(0)).isEqualTo(new Drop(batch.get(2), Reason.DISPLACED, SECOND));
    assertThat(bounded.next(0)).isNull();
    assertThat(bounded.waiting()).isEqualTo(3);
  }

  /// However large calls are, whichever limit they meet, and also where a reload has lowered it.
  @Test
  void nobodyIsGivenUpForOneThatFindsNoRoomAllTheSame() {
    Seeds.forAll(
        300,
        random -> {
          PoolQueue any = queue(new Slots(0), bounded(1 + random.nextInt(20), 60_000));
          int refused = 0;
          for (int i = 0; i < 300; i++) {
            if (i == 200) {
              any.become(bounded(1 + random.nextInt(10), 30_000), new Slots(0), null);
            }
            int chars = 1 << random.nextInt(18);
            Call call = call("t" + random.nextInt(5), random.nextInt(4), i, chars, 100);
            var newcomer = new Entry(call, false);
            any.offer(newcomer, POOL, i);
            List<Verdict> verdicts = new ArrayList<>();
            for (Verdict v = any.next(i); v != null; v = any.next(i)) {
              verdicts.add(v);
            }
            if (verdicts.contains(new Drop(newcomer, Reason.QUEUE_FULL, SECOND))) {
              assertThat(verdicts).hasSize(1);
              refused++;
            }
          }
          assertThat(refused).isPositive();
        });
  }

  private static QueueConfig bounded(int calls, long work) {
    return new QueueConfig(calls, work, CONFIG.maxWait(), CONFIG.patience(), 80);
  }

  @Test
  void whoeverWaitsGoesOnWaitingWhereNobodyElseMayAnyMore() {
    Start running = start(queue, offer("acme", 1), 0);
    Entry waits = offer("acme", 1);
    assertThat(queue.next(0)).isNull();

    queue.become(
        new QueueConfig(
            0, CONFIG.maxWork(), CONFIG.maxWait(), CONFIG.patience(), CONFIG.earlyPercent()),
        slots,
        null);
    Entry late = offer("other", 0);

    assertThat(queue.next(0)).isEqualTo(new Drop(late, Reason.QUEUE_FULL, SECOND));
    assertThat(queue.next(0)).isNull();
    end(running);
    assertThat(started(0)).isSameAs(waits);
  }

  /// A class that always waits gets its fiftieth of the work and not a call more, however many
  /// better ones wait; and what is not claimed is lost.
  @Test
  void aFloodOfABetterClassDoesNotStarveTheOthers() {
    Seeds.forAll(
        100,
        random -> {
          var room = new Slots(1 + random.nextInt(8));
          PoolQueue any =
              queue(
                  room,
                  new QueueConfig(100, Long.MAX_VALUE, CONFIG.maxWait(), CONFIG.patience(), 100));
          List<Start> running = new ArrayList<>();
          long[] started = new long[QueueConfig.CLASSES];
          int[] waits = new int[QueueConfig.CLASSES];
          int worst = 1 + random.nextInt(3);
          for (int step = 0; step < 4_000; step++) {
            for (int each : new int[] {0, worst}) {
              for (; waits[each] < 9; waits[each]++) {
                any.offer(new Entry(call("t" + random.nextInt(3), each, step), false), POOL, step);
              }
            }
            for (Verdict v = any.next(step); v != null; v = any.next(step)) {
              var start = (Start) v;
              running.add(start);
              int its = start.entry().priority();
              waits[its]--;
              started[its] += start.entry().need.work();
              assertThat(Math.abs(started[worst] - 0.02 * started[0])).isLessThan(1_200.0);
            }
            Start ended = running.remove(random.nextInt(running.size()));
            ended.reservation().close();
            any.leave(ended.entry(), ended.entry().call.progress());
          }
          assertThat(Arrays.stream(started).sum()).isEqualTo(started[0] + started[worst]);
          assertThat((double) started[worst]).isGreaterThan(0.015 * started[0]);
        });
  }

  @Test
  void whoHasTheTurnOfABetterClassAndDoesNotFitHoldsThatUpForASecond() {
    var wide = new Slots(1_000);
    PoolQueue any = queue(wide, CONFIG);
    Entry batch = new Entry(call("batch", 3, 0), false);
    wide.longest = 100;
    any.offer(batch, POOL, 0);
    assertThat(any.next(0)).isNull();
    int chats = 0;
    Verdict verdict = chat(any, 0);
    for (; verdict != null; chats++) {
      verdict = chat(any, 0);
    }
    assertThat(chats).as("a fiftieth of their 260 work units, for its 600").isEqualTo(116);

    assertThat(chat(any, SECOND - 1)).isNull();
    assertThat(chat(any, SECOND)).isInstanceOf(Start.class);
    wide.longest = 1_000;
    assertThat(start(any, SECOND).entry()).as("its turn comes first still").isSameAs(batch);
  }

  private @Nullable Verdict chat(PoolQueue any, long now) {
    any.offer(new Entry(call("chat", 0, now, 200, 100), false), POOL, now);
    return any.next(now);
  }

  @Test
  void whoeverComesAndGoesEachIsToldOnceAndNothingIsLeft() {
    Seeds.forAll(
        300,
        random -> {
          var room = new Slots(1 + random.nextInt(4));
          PoolQueue any = queue(room, CONFIG);
          List<Entry> waiting = new ArrayList<>();
          List<Start> running = new ArrayList<>();
          Map<Entry, Integer> told = new HashMap<>();
          int offered = 0;
          int left = 0;
          long now = random.nextLong();
          for (int i = 0; i < 400; i++) {
            switch (random.nextInt(5)) {
              case 0, 1 -> {
                var entry = new Entry(call("t" + random.nextInt(5), random.nextInt(4), now), false);
                any.offer(entry, POOL, now);
                waiting.add(entry);
                offered++;
              }
              case 2 -> {
                if (!running.isEmpty()) {
                  Start start = running.remove(random.nextInt(running.size()));
                  start.reservation().close();
                  any.leave(start.entry(), start.entry().call.progress());
                }
              }
              case 3 -> {
                if (!waiting.isEmpty() && random.nextInt(4) == 0) {
                  any.leave(waiting.remove(random.nextInt(waiting.size())), new Progress());
                  left++;
                }
              }
              default -> {
                now += random.nextLong(2 * SECOND);
                for (Start start : running) {
                  start.entry().call.progress().delta(now);
                  any.grew(start.entry(), start.entry().call.progress());
                }
              }
            }
            for (Verdict v = any.next(now); v != null; v = any.next(now)) {
              assertThat(waiting.remove(v.entry())).isTrue();
              told.merge(v.entry(), 1, Integer::sum);
              if (v instanceof Start start) {
                assertThat(start.entry().deadline - now).isPositive();
                running.add(start);
              }
            }
            assertThat(any.waiting()).isEqualTo(waiting.size()).isLessThanOrEqualTo(10);
            // Nobody waits while there is room.
            assertThat(waiting.isEmpty() || room.taken() == running.size()).isTrue();
          }
          assertThat(told.values()).allMatch(times -> times == 1);
          assertThat(told.size() + left + waiting.size()).isEqualTo(offered);
          running.forEach(start -> {
            start.reservation().close();
            any.leave(start.entry(), start.entry().call.progress());
          });
          waiting.forEach(entry -> any.leave(entry, new Progress()));
          assertThat(any.waiting()).isZero();
          assertThat(any.nextEvent()).isEqualTo(Long.MAX_VALUE);
          assertThat(room.taken()).isZero();
        });
  }

  @Test
  void aHeadThatDoesNotFitIsPassedForAMomentByTheNextOfOtherTenants() {
    slots.longest = 1_000;
    Entry head = new Entry(call("acme", 1, 0, 10_000, 150), false);
    queue.offer(head, POOL, 0);
    offer("acme", 1);
    Entry other = offer("other", 1);

    end(start(queue, other, 0));
    assertThat(queue.next(0)).isNull();

    Entry another = offer("other", 1);
    assertThat(started(10 * MILLI - 1)).isSameAs(another);
  }

  @Test
  void aHeadThatHasWaitedForAMomentHoldsUpAllUntilItFits() {
    slots.longest = 1_000;
    Entry head = new Entry(call("acme", 1, 0, 10_000, 150), false);
    queue.offer(head, POOL, 0);
    assertThat(queue.next(0)).isNull();
    offer("other", 1);
    assertThat(queue.next(10 * MILLI)).isNull();

    slots.longest = Long.MAX_VALUE;
    assertThat(started(10 * MILLI)).isSameAs(head);
  }

  @Test
  void whoWasTriedHereBeforeGoesAheadAndHoldsUpNobody() {
    Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(Slots.REPLICA));
    Start running = start(queue, offer("acme", 1), 0);
    Entry first = offer("acme", 0);
    slots.longest = 1_000;
    for (int i = 0; i < 20; i++) {
      queue.offer(new Entry(tried("gpu-0", 10_000), false), pool, 0);
    }
    var small = new Entry(tried("gpu-0", 1_000), false);
    queue.offer(small, pool, 0);
    end(running);

    running = start(queue, small, 0);
    end(running);
    assertThat(started(0)).isSameAs(first);
  }

  @Test
  void whoWasTriedInAnotherPoolHasNotWaitedHere() {
    Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(Slots.REPLICA));
    Start running = start(queue, offer("acme", 1), 0);
    Entry first = offer("acme", 0);
    queue.offer(new Entry(tried("elsewhere", 1_000), false), pool, 0);
    end(running);

    assertThat(started(0)).isSameAs(first);
  }

  private Call tried(String replica, int chars) {
    Call call = call("acme", 1, 0, chars, 150);
    Attempt attempt = call.attempt(_ -> {});
    attempt.on(replica);
    attempt.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO));
    return call;
  }

  @Test
  void whosePromptAReplicaHasInItsCacheMayPassTheHead() {
    Start running = start(queue, offer("other", 1), 0);
    Entry head = offer("acme", 1);
    Entry second = offer("acme", 1);
    Entry read = offerRead("acme");
    end(running);

    running = start(queue, read, 0);
    end(running);
    running = start(queue, head, 0);
    end(running);
    assertThat(started(0)).isSameAs(second);
  }

  @Test
  void aHeadIsPassedEightTimesAtMostForThat() {
    Start running = start(queue, offer("acme", 1), 0);
    Entry head = offer("acme", 1);
    for (int i = 0; i < 8; i++) {
      Entry read = offerRead("acme");
      end(running);
      running = start(queue, read, 0);
    }
    offerRead("acme");
    end(running);

    assertThat(started(0)).isSameAs(head);
  }

  @Test
  void onlyTheNextFourOfTenantsThatWereServedLittleMoreMayDoSo() {
    Start running = start(queue, offer("served", 1), 0);
    running.entry().call.progress().delta(0);
    Entry head = offer("acme", 1);
    offer("acme", 1);
    offer("acme", 1);
    offer("acme", 1);
    offerRead("acme");
    offerRead("served");
    long tokens = 3_000;
    for (int i = 0; i < tokens; i++) {
      running.entry().call.progress().delta(0);
    }
    end(running);

    assertThat(started(0)).isSameAs(head);
  }

  @Test
  void whoHangsUpBeforeTheFirstTokenHasPaidForItsPrompt() {
    Start before = start(queue, offer("first", 1), 0);
    Entry hangsUp = offer("acme", 1);
    offer("acme", 1);
    Entry other = offer("other", 1);
    end(before);
    Start start = start(queue, hangsUp, 0);
    start.reservation().close();
    queue.abandon(hangsUp, new Progress());

    assertThat(started(0)).isSameAs(other);
  }

  @Test
  void whoseEngineFailsBeforeTheFirstTokenHasPaidNothing() {
    Start before = start(queue, offer("first", 1), 0);
    Entry fails = offer("acme", 1);
    Entry next = offer("acme", 1);
    offer("other", 1);
    end(before);
    Start start = start(queue, fails, 0);
    start.reservation().close();
    queue.leave(fails, new Progress());

    assertThat(started(0)).isSameAs(next);
  }

  private Entry offerRead(String tenant) {
    Call call = call(tenant, 1, 0);
    slots.read.add(call);
    var entry = new Entry(call, false);
    queue.offer(entry, POOL, 0);
    return entry;
  }

  private Entry offer(String tenant, int priority) {
    var entry = new Entry(call(tenant, priority, 0), false);
    queue.offer(entry, POOL, 0);
    return entry;
  }

  private Entry offer(Degradation taken) {
    Call call = call("acme", 0, 0);
    call.attempt(_ -> {}).degraded(taken);
    var entry = new Entry(call, false);
    queue.offer(entry, POOL, 0);
    return entry;
  }

  private Entry started(long now) {
    return start(queue, now).entry();
  }

  private static Start start(PoolQueue queue, Entry expected, long now) {
    Start start = start(queue, now);
    assertThat(start.entry()).isSameAs(expected);
    return start;
  }

  private static Start start(PoolQueue queue, long now) {
    return (Start) requireNonNull(queue.next(now));
  }

  private void end(Start start) {
    start.entry().call.progress().delta(0);
    start.reservation().close();
    queue.leave(start.entry(), start.entry().call.progress());
  }

  private Call call(String tenant, int priority, long now) {
    return call(tenant, priority, now, 1_000, 150);
  }

  private Call due(String tenant, long deadline) {
    Caller caller = new Caller(tenant, "key", 1, Network.UNKNOWN);
    return new Call("call", loop, request(1_000, 150), caller, 0) {
      @Override
      public long deadlineNanos() {
        return deadline;
      }
    };
  }

  private Call call(String tenant, int priority, long now, int chars, int maxTokens) {
    Caller caller = new Caller(tenant, "key", priority, Network.UNKNOWN);
    return new Call("call", loop, request(chars, maxTokens), caller, now);
  }

  private static Request request(int chars, int maxTokens) {
    return new Request(
        Operation.CHAT,
        "m",
        true,
        false,
        maxTokens,
        1,
        new Request.Prompt(chars, 0, 0, 0, 0),
        null,
        null,
        Double.NaN,
        false,
        true);
  }
}
