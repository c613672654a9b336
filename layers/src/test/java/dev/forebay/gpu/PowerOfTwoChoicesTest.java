package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.Calls;
import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Account;
import dev.forebay.fleet.AccountConfig;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity.Answer;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PowerOfTwoChoicesTest {
  private static final Need NEED = new Need(300, 100, 1);
  private static final long FAR = Long.MAX_VALUE;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void neverPicksAReplicaThatIsUnusableOrWasTried() {
    Seeds.forAll(
        2_000,
        random -> {
          int n = 1 + random.nextInt(6);
          Pool pool = pool(n);
          long now = random.nextLong();
          Call call = call();
          for (Replica replica : pool.replicas()) {
            switch (random.nextInt(5)) {
              case 0 -> replica.health().markDown(0, 0);
              case 1 -> replica.health().eject(now, SECOND, SECOND);
              case 2 -> tried(call, replica);
              default -> replica.reserve(random.nextInt(5_000));
            }
          }
          List<Replica> fit =
              pool.replicas().stream()
                  .filter(r -> r.health().usable(now) && !call.replicas().contains(r.name()))
                  .toList();
          Answer answer =
              new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), random)
                  .tryReserve(new Ask(call, NEED, pool, FAR, now));
          switch (answer) {
            case Reserved(var reservation) -> assertThat(fit).contains(reservation.replica());
            case RetryAt(var reason, long at) -> {
              assertThat(fit).isEmpty();
              assertThat(reason).isEqualTo(Reason.NO_REPLICA);
              assertThat(at - now).isPositive();
            }
          }
        });
  }

  @Test
  void ofTwoReplicasItPicksTheOneWithLessWork() {
    Pool pool = pool(2);
    pool.replicas().getFirst().reserve(10_000);
    assertThat(
            pick(new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1)), pool, 0)
                .name())
        .isEqualTo("gpu-1");
  }

  @Test
  void reservesTheWorkUntilTheReservationIsClosed() {
    Pool pool = pool(1);
    Replica only = pool.replicas().getFirst();
    Call call = call();
    var answer =
        new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1))
            .tryReserve(new Ask(call, NEED, pool, FAR, 0));
    assertThat(only.outstandingWork()).isEqualTo(NEED.work());
    assertThat(only.outstandingCalls()).isEqualTo(1);
    ((Reserved) answer).reservation().close();
    assertThat(only.outstandingWork()).isZero();
    assertThat(only.outstandingCalls()).isZero();
  }

  @Test
  void equalReplicasGetEqualShares() {
    Pool pool = pool(5);
    int[] got = shares(pool, 20_000, 0);
    for (int share : got) {
      assertThat(share / 20_000.0).isEqualTo(0.2, within(0.01));
    }
  }

  @Test
  void noReplicaHoldsMuchMoreThanAnother() {
    // Two choices bound the gap to about log log n, where one choice lets it grow for ever.
    Pool pool = pool(10);
    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(3));
    for (int i = 0; i < 10_000; i++) {
      reserve(picker, pool, 0);
    }
    int most = pool.replicas().stream().mapToInt(Replica::outstandingCalls).max().orElseThrow();
    int least = pool.replicas().stream().mapToInt(Replica::outstandingCalls).min().orElseThrow();
    assertThat(most - least).isLessThanOrEqualTo(8);
  }

  @Test
  void aReplicaThatReturnsHoldsATenthOfTheOthersAndThenItsShare() {
    Pool pool = pool(4);
    Replica back = pool.replicas().getFirst();
    back.health().markDown(0, 0);
    back.health().markUp(0);

    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(4));
    for (int i = 0; i < 4_000; i++) {
      reserve(picker, pool, 0);
    }
    // It holds 0.1 of what each of the three others holds: 0.1 / 3.1 of all.
    assertThat(back.outstandingCalls() / 4_000.0).isEqualTo(0.1 / 3.1, within(0.005));

    for (int i = 0; i < 40_000; i++) {
      reserve(picker, pool, 10 * SECOND);
    }
    assertThat(back.outstandingCalls() / 44_000.0).isEqualTo(0.25, within(0.01));
  }

  @Test
  void theSameSeedPicksTheSame() {
    assertThat(shares(pool(7), 1_000, 5)).isEqualTo(shares(pool(7), 1_000, 5));
  }

  @Test
  void saysWhenAnEjectedReplicaReturnsIfThatIsSoonerThanTheNextProbe() {
    Pool pool = pool(1);
    pool.replicas().getFirst().health().eject(0, SECOND / 4, SECOND);
    var answer =
        new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1))
            .tryReserve(new Ask(call(), NEED, pool, FAR, 0));
    assertThat(answer).isEqualTo(new RetryAt(Reason.NO_REPLICA, SECOND / 4));
  }

  @Test
  void aPauseOfTheSharedAccountTakesAllReplicasOutAndSaysUntilWhen() {
    Pool pool = pool(3);
    pool.account(new Account("hosted"));
    pool.accountOf(pool.replicas().get(1)).pause(Duration.ofSeconds(7), 0);
    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1));
    assertThat(picker.tryReserve(new Ask(call(), NEED, pool, FAR, SECOND)))
        .isEqualTo(new RetryAt(Reason.UPSTREAM_BUSY, 7 * SECOND));
    assertThat(picker.tryReserve(new Ask(call(), NEED, pool, FAR, 7 * SECOND)))
        .isInstanceOf(Reserved.class);
  }

  @Test
  void aPauseOfAReplicaThatStandsAloneIsItsOwn() {
    Pool pool = pool(3);
    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1));
    pool.accountOf(pool.replicas().get(0)).pause(Duration.ofSeconds(7), 0);
    pool.accountOf(pool.replicas().get(2)).pause(Duration.ofSeconds(3), 0);
    for (int i = 0; i < 100; i++) {
      assertThat(pick(picker, pool, 0).name()).isEqualTo("gpu-1");
    }
    pool.replicas().get(1).health().markDown(0, SECOND);
    assertThat(picker.tryReserve(new Ask(call(), NEED, pool, FAR, 0)))
        .as("the first that returns")
        .isEqualTo(new RetryAt(Reason.UPSTREAM_BUSY, 3 * SECOND));
  }

  @Test
  void aRetryDoesNotWaitForTheAccountOfAReplicaThatItMayNotUse() {
    Pool pool = pool(1);
    Call retried = call();
    Attempt attempt = retried.attempt(_ -> {});
    attempt.on(pool.replicas().getFirst().name());
    attempt.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ofSeconds(4)));
    pool.accountOf(pool.replicas().getFirst()).pause(Duration.ofSeconds(4), 0);
    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1));

    assertThat(picker.tryReserve(new Ask(call(), NEED, pool, FAR, 0)))
        .isEqualTo(new RetryAt(Reason.UPSTREAM_BUSY, 4 * SECOND));
    assertThat(picker.tryReserve(new Ask(retried, NEED, pool, FAR, 0)))
        .isInstanceOfSatisfying(
            RetryAt.class, told -> assertThat(told.reason()).isEqualTo(Reason.NO_REPLICA));
  }

  @Test
  void aFullAccountHasNoRoomOnAnyReplicaUntilSomethingEnds() {
    Pool pool = pool(3);
    var account = new Account("hosted");
    account.limit(new AccountConfig(2, 3, 0));
    pool.account(account);
    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1));
    Reserved one = reserve(picker, pool, 0);
    reserve(picker, pool, 0);
    assertThat(picker.tryReserve(new Ask(call(), NEED, pool, FAR, 0)))
        .isEqualTo(new RetryAt(Reason.ACCOUNT_FULL, SECOND / 20));
    assertThat(pool.replicas().stream().mapToInt(Replica::outstandingCalls).sum()).isEqualTo(2);
    one.reservation().close();
    reserve(picker, pool, 0).reservation().close();
    assertThat(picker.tryReserve(new Ask(call(), NEED, pool, FAR, 0)))
        .as("the next of three a minute")
        .isEqualTo(new RetryAt(Reason.ACCOUNT_LIMITED, 20 * SECOND));
  }

  @Test
  void aPinnedCallWaitsForItsAccountToo() {
    Pool pool = pool(2);
    Call call = call();
    call.pin("gpu-1");
    pool.accountOf(pool.replicas().get(1)).pause(Duration.ofSeconds(2), 0);
    assertThat(
            new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1))
                .tryReserve(new Ask(call, NEED, pool, FAR, 0)))
        .isEqualTo(new RetryAt(Reason.UPSTREAM_BUSY, 2 * SECOND));
  }

  @Test
  void aDeadPoolIsAskedForAgainAfterASixthOfTheTimeItHasBeenDead() {
    Pool pool = pool(3);
    pool.replicas().forEach(replica -> replica.health().markDown(0, 2 * SECOND));

    assertAway(pool, 0, 2 * SECOND); // nobody knows of a return before the next probe
    assertAway(pool, 9 * SECOND, 2 * SECOND);
    assertAway(pool, 30 * SECOND, 5 * SECOND);
    assertAway(pool, 3_600 * SECOND, 35 * SECOND); // clients do not listen from a minute on
  }

  /// Those who ask together are told from one to one and a half times as long.
  private static void assertAway(Pool pool, long now, long least) {
    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1));
    long[] away = new long[200];
    for (int i = 0; i < away.length; i++) {
      away[i] =
          ((RetryAt) picker.tryReserve(new Ask(call(), NEED, pool, FAR, now))).nanoTime() - now;
      assertThat(away[i]).isBetween(least, least + least / 2);
    }
    assertThat(Arrays.stream(away).distinct().count()).isGreaterThan(100);
  }

  /// How many calls each replica got, with some fifty under way at any time.
  private static int[] shares(Pool pool, int calls, long seed) {
    int[] got = new int[pool.replicas().size()];
    var picker = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(seed));
    var running = new ArrayDeque<Reserved>();
    for (int i = 0; i < calls; i++) {
      Reserved reserved = reserve(picker, pool, 0);
      got[pool.replicas().indexOf(reserved.reservation().replica())]++;
      running.add(reserved);
      if (running.size() > 50) {
        running.remove().reservation().close();
      }
    }
    return got;
  }

  private static Replica pick(PowerOfTwoChoices picker, Pool pool, long now) {
    return reserve(picker, pool, now).reservation().replica();
  }

  private static Reserved reserve(PowerOfTwoChoices picker, Pool pool, long now) {
    return (Reserved) picker.tryReserve(new Ask(call(), NEED, pool, FAR, now));
  }

  private static void tried(Call call, Replica replica) {
    Attempt attempt = call.attempt(_ -> {});
    attempt.on(replica.name());
    attempt.end(new Failed(Cause.CONNECT, false, ""));
  }

  private static Call call() {
    return Calls.call(new HandLoop(), Calls.request(true));
  }

  private static Pool pool(int n) {
    List<Replica> replicas =
        IntStream.range(0, n)
            .mapToObj(i -> new Replica("gpu-" + i, URI.create("http://gpu-" + i), null))
            .toList();
    return new Pool("chat", Dialect.OPENAI, false, replicas);
  }
}
