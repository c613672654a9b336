package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity.Answer;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.gpu.Placement.Uncompared;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Need NEED = new Need(1_000, 100, 1);

  private final HandLoop loop = new HandLoop();
  private final Replica replica = new Replica("gpu-0", URI.create("http://gpu-0:8000"), null);
  private final Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(replica));
  private final Room room = new Room(replica, new Estimator());
  private final RandomGenerator random = Seeds.random(1);

  @Test
  void promptsOfStreamsWaitToBeReadUntilTheirAnswersBegin() {
    Call call = call(true);
    Reservation held = reserved(call, 0);
    assertThat(room.ledger().waitingForPrefill()).isEqualTo(1_000);

    call.progress().delta(1);
    held.grew(call.progress(), 0, 1);

    assertThat(room.ledger().waitingForPrefill()).isZero();
  }

  @Test
  void promptsOfAnswersThatComeAsAWholeKeepOthersAwayForAsLongAsTheyLikelyTake() {
    learnThatATokenTakesAMillisecond();
    List<Reservation> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(reserved(call(false), 100 * SECOND));
    }
    assertThat(room.ledger().waitingForPrefill()).isZero();
    assertThat(ask(call(false), 100 * SECOND)).as("three seconds to read").isNull();
    assertThat(room.firstContentNanos(NEED, 101 * SECOND)).isGreaterThanOrEqualTo(3 * SECOND);
    for (int i = 0; i < 20; i++) {
      held.add(reserved(call(false), (103 + i) * SECOND));
    }
    held.forEach(Reservation::close);
    assertThat(room.ledger().heldAtMost()).isZero();
  }

  @Test
  void whoMustGoToThisReplicaIsTakenAsReadAsNobodyLooksAtIt() {
    learnThatATokenTakesAMillisecond();
    var pinned = new Ask(call(true), new Need(4_000, 100, 1), pool, 200 * SECOND, 100 * SECOND);
    room.reserve(pinned, Uncompared.PINNED);

    assertThat(ask(call(true), 101 * SECOND)).as("it is being read").isNull();
    assertThat(ask(call(true), 105 * SECOND)).as("it must be read by now").isNotNull();
  }

  @Test
  void answersThatNobodySeesGrowAreNotTakenForLoadOfOthers() {
    room.observed(shown(0, 0, 0), Optional.empty(), 0);
    var need = new Need(1_000, 30_000, 1);
    var asked = new Ask(call(false), need, pool, 100 * SECOND, 0);
    assertThat(room.tryReserve(asked, Uncompared.ONLY, random)).isNotNull();
    for (int i = 1; i < 40; i++) {
      room.observed(shown(i * SECOND / 4, 0, 0.3), Optional.empty(), i * SECOND / 4);
    }
    var more = new Ask(call(false), new Need(20_000, 30_000, 1), pool, 100 * SECOND, 10 * SECOND);

    assertThat(room.tryReserve(more, Uncompared.ONLY, random)).as("81 of 90 %").isNotNull();
  }

  @Test
  void promptsThatWaitInTheEngineKeepOthersAwayWhereTokensTakeTime() {
    learnThatATokenTakesAMillisecond();
    reserved(call(true), 100 * SECOND);
    reserved(call(true), 100 * SECOND);
    reserved(call(true), 100 * SECOND);

    assertThat(ask(call(true), 100 * SECOND)).isNull();
  }

  @Test
  void answersWhosePromptsWereReadBeforeTellNothingUnlessTheyAreAsLate() {
    learnThatATokenTakes(1_000_000, false, 0);
    reserved(call(true), 100 * SECOND);
    long thought = room.firstContentNanos(NEED, 60 * SECOND);

    learnThatATokenTakes(10_000, true, 10 * SECOND);
    assertThat(room.firstContentNanos(NEED, 60 * SECOND)).isEqualTo(thought);

    learnThatATokenTakes(2_000_000, true, 20 * SECOND);
    long later = room.firstContentNanos(NEED, 60 * SECOND);
    assertThat(later).isGreaterThan(thought);

    // No prompt has been read anew for a minute.
    learnThatATokenTakes(10_000, true, 100 * SECOND);
    assertThat(room.firstContentNanos(NEED, 60 * SECOND)).isLessThan(later);
  }

  @Test
  void anEngineIsSentPromptsForASecondWhileItIsCalmAndForAFifthOfItElse() {
    room.observed(shown(0, 0), Optional.empty(), 0);
    learnThatATokenTakes(200_000, false, 0);
    var need = new Need(3_000, 100, 1);
    var surge = new Ask(call(true), need, pool, 100 * SECOND, 50 * SECOND);
    var burst =
        new Ask(call(true), need, pool, 1, 100 * SECOND, /* calm= */ true, null, 50 * SECOND);

    assertThat(room.tryReserve(surge, Uncompared.ONLY, random)).as("nothing ahead").isNotNull();
    assertThat(room.tryReserve(surge, Uncompared.ONLY, random)).as("0.6 s ahead").isNull();
    assertThat(room.tryReserve(burst, Uncompared.ONLY, random)).as("0.6 s ahead").isNotNull();
    assertThat(room.tryReserve(burst, Uncompared.ONLY, random)).as("1.2 s ahead").isNull();
  }

  @Test
  void aProviderThatAnswersAsAWholeIsNotTakenForOneThatRefusesAll() {
    long now = 0;
    for (int i = 0; i < 200; i++) {
      now += SECOND / 10;
      Call call = call(false);
      Reservation held = reserved(call, now);
      held.close();
      if (i % 10 == 0) {
        held.pushedBack(now);
      } else {
        held.served(call.progress(), now);
      }
    }
  }

  @Test
  void anEngineThatShowsALongLineIsShutAndNoLongerOnceItCannotBeAsked() {
    reserved(call(true), 0);
    for (int i = 0; i < 8; i++) {
      room.observed(shown(i * SECOND / 4, 50), Optional.empty(), i * SECOND / 4);
    }
    assertThat(ask(call(true), 2 * SECOND)).as("as it shows").isNull();
    assertThat(ask(call(true), 5 * SECOND)).as("3 s after it was last seen").isNotNull();
  }

  /// It pushed back, so that one call of that size is under way at a time from then on.
  @Test
  void howeverManyAskAtOnceNoMoreAreSentThanItsLimitAllows() throws Exception {
    Call call = call(false);
    Reservation pushedBack = reserved(call, 0);
    pushedBack.close();
    pushedBack.pushedBack(0);
    pushedBack.served(call.progress(), 0);
    var together = new CyclicBarrier(2);
    Callable<Integer> asks =
        () -> {
          int most = 0;
          for (int i = 0; i < 3_000; i++) {
            together.await();
            Answer answer = ask(call(false), 2 * SECOND);
            together.await();
            most = Math.max(most, replica.outstandingCalls());
            together.await();
            if (answer instanceof Reserved(var reservation)) {
              reservation.close();
            }
          }
          return most;
        };
    try (var loops = Executors.newFixedThreadPool(2)) {
      for (Future<Integer> most : loops.invokeAll(List.of(asks, asks))) {
        assertThat(most.get()).isEqualTo(1);
      }
    }
  }

  /// Whatever engines show and however fast that changes.
  @Test
  void aRoomIsShutAndOpenedAtMostOnceASecond() {
    Seeds.forAll(
        50,
        seed -> {
          var any = new Room(replica, new Estimator());
          assertThat(ask(any, call(false), 0)).isNotNull();
          boolean open = true;
          long movedAt = -SECOND;
          for (int i = 0; i < 400; i++) {
            long now = i * SECOND / 4;
            any.observed(shown(now, seed.nextInt(4) == 0 ? 50 : 0), Optional.empty(), now);
            Answer answer = ask(any, call(true), now);
            if (answer instanceof Reserved(var reservation)) {
              reservation.close();
            }
            if (open != (answer != null)) {
              assertThat(now - movedAt).isGreaterThanOrEqualTo(SECOND);
              movedAt = now;
              open = answer != null;
            }
          }
        });
  }

  @Test
  void howeverLargeItsBlocksAreAnEmptyEngineTakesACall() {
    var none = OptionalLong.empty();
    var block = OptionalLong.of(1L << 32);
    var shown = Telemetry.unknown(0, 0);
    room.observed(
        new Telemetry(0, 0, shown.kvUsage(), none, none, none, none, none, block, none, none),
        Optional.empty(),
        0);
    reserved(call(true), 0);
  }

  @Test
  void aUsageThatFlapsAroundTheMarkShutsNothingThatWasNotPromised() {
    reserved(call(false), 0);
    for (int i = 0; i < 400; i++) {
      long now = i * SECOND / 4;
      room.observed(shown(now, 0, i % 2 == 0 ? 0.94 : 0.96), Optional.empty(), now);
      reserved(call(true), now).close();
    }
  }

  /// Class by class, whatever is promised already and whatever the engine shows.
  @Test
  void whatIsPromisedStaysBelowTheWatermarkOfWhoeverAsksLast() {
    double[] watermark = {0.90, 0.90, 0.85, 0.75};
    Seeds.forAll(
        200,
        seed -> {
          var any = new Room(replica, new Estimator());
          List<Reservation> held = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            long now = i * SECOND / 100;
            if (i % 25 == 0) {
              any.observed(shown(now, 0, seed.nextDouble()), Optional.empty(), now);
            }
            int priority = seed.nextInt(4);
            var need = new Need(1 + seed.nextInt(20_000), seed.nextInt(2_000), 1);
            Call asks = call(false, priority);
            var asked = new Ask(asks, need, pool, now + 10 * SECOND, now);
            if (any.tryReserve(asked, Uncompared.ONLY, random)
                instanceof Reserved(var reservation)) {
              held.add(reservation);
              if (held.size() > 1) {
                assertThat(any.ledger().peak())
                    .isLessThanOrEqualTo((long) (watermark[priority] * 100_000));
              }
            } else if (!held.isEmpty()) {
              held.remove(seed.nextInt(held.size())).close();
            }
          }
          held.forEach(Reservation::close);
          assertThat(any.ledger().peak()).isZero();
        });
  }

  private void learnThatATokenTakesAMillisecond() {
    learnThatATokenTakes(1_000_000, false, 0);
  }

  private void learnThatATokenTakes(long nanos, boolean read, long from) {
    for (int i = 1; i <= 40; i++) {
      long now = from + i * SECOND;
      Call call = call(true);
      var need = new Need(100L * i, 100, 1);
      var asked = new Ask(call, need, pool, 1_000 * SECOND, now).readOn(read ? replica : null);
      Answer answer = room.tryReserve(asked, Uncompared.ONLY, random);
      Reservation held = ((Reserved) Objects.requireNonNull(answer)).reservation();
      call.progress().delta(now + 100L * i * nanos);
      held.grew(call.progress(), 0, now);
      held.close();
    }
  }

  private static Telemetry shown(long now, long waiting) {
    return shown(now, waiting, 0.2);
  }

  private static Telemetry shown(long now, long waiting, double usage) {
    OptionalLong none = OptionalLong.empty();
    return new Telemetry(
        now,
        now,
        OptionalDouble.of(usage),
        OptionalLong.of(100_000),
        OptionalLong.of(1),
        OptionalLong.of(waiting),
        OptionalLong.of(256),
        none,
        none,
        none,
        none);
  }

  private Reservation reserved(Call call, long now) {
    return ((Reserved) Objects.requireNonNull(ask(call, now))).reservation();
  }

  private @Nullable Answer ask(Call call, long now) {
    return ask(room, call, now);
  }

  private @Nullable Answer ask(Room room, Call call, long now) {
    return room.tryReserve(
        new Ask(call, NEED, pool, now + 10 * SECOND, now), Uncompared.ONLY, random);
  }

  private Call call(boolean stream) {
    return call(stream, 1);
  }

  private Call call(boolean stream, int priority) {
    var request =
        new Request(
            Operation.CHAT,
            "m",
            stream,
            false,
            100,
            1,
            new Request.Prompt(3_000, 0, 1, 0, 0),
            null,
            null,
            Double.NaN,
            false,
            true);
    return new Call("call", loop, request, new Caller("acme", "key", priority, Network.UNKNOWN), 0);
  }
}
