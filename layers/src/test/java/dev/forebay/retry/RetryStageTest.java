package dev.forebay.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.HandLoop;
import dev.forebay.fleet.Account;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Fleet.Destination;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Request;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RetryStageTest {
  private static final Outcome SERVED = new Served(200);
  private static final Outcome BROKE = new Failed(Cause.UPSTREAM_BROKE, false, "first");
  private static final Outcome REFUSED = new Failed(Cause.CONNECT, false, "second");
  private static final Outcome BUSY = new Shed(Reason.UPSTREAM_BUSY, Duration.ofSeconds(2));
  private static final Outcome NOBODY = new Shed(Reason.NO_REPLICA, Duration.ofSeconds(1));

  /// As a pool says it that may ask nobody now.
  private static final Outcome PAUSED = new Shed(Reason.UPSTREAM_BUSY, Duration.ofSeconds(7));

  /// As a pool says it whose replicas are all too small.
  private static final Outcome NEVER_FITS = new Failed(Cause.INVALID_REQUEST, false, "too long");

  private static final Outcome SPENT = new Failed(Cause.UPSTREAM_ACCOUNT, false, "spent");

  private final Pool pool = new Pool("m", Dialect.OPENAI, false, List.of());
  private final Pool spare = new Pool("spare", Dialect.OPENAI, false, List.of());
  private final Pool last = new Pool("last", Dialect.OPENAI, false, List.of());
  private final List<Destination> fallbacks = new ArrayList<>();
  private final List<String> pools = new ArrayList<>();
  private final Fleet fleet = fleet(pool);
  private Call call = Calls.call();
  private final List<Outcome> told = new ArrayList<>();

  @Test
  void anAnswerEndsTheCall() {
    run(3, SERVED);
    assertThat(told).containsExactly(SERVED);
    assertThat(call.attempts()).isEqualTo(1);
  }

  @Test
  void aFailureIsFollowedByAnotherAttemptThatServes() {
    run(3, BROKE, SERVED);
    assertThat(told).containsExactly(SERVED);
    assertThat(call.attempts()).isEqualTo(2);
  }

  @Test
  void theLastFailureIsTheOneThatIsTold() {
    run(2, BROKE, REFUSED);
    assertThat(told).containsExactly(REFUSED);
  }

  @Test
  void whenNoReplicaIsLeftTheCallerLearnsWhatWentWrong() {
    run(5, BROKE, NOBODY);
    assertThat(told).containsExactly(BROKE);
    assertThat(call.attempts()).as("and no further try is made").isEqualTo(2);
  }

  @Test
  void whenNoReplicaIsLeftAfterABusyOneTheCallerLearnsWhenToComeBack() {
    run(5, REFUSED, BUSY, NOBODY);
    assertThat(told).containsExactly(BUSY);
    assertThat(call.attempts()).isEqualTo(3);
  }

  @Test
  void whenThereNeverWasAReplicaTheCallIsShed() {
    run(3, NOBODY);
    assertThat(told).containsExactly(NOBODY);
    assertThat(call.attempts()).isEqualTo(1);
  }

  @Test
  void whatIsTooLongForItsOwnPoolIsToldWhenToComeBackToOneThatItMayFit() {
    fallbacks.add(new Destination(spare, "m"));
    run(3, NEVER_FITS, NOBODY);
    assertThat(told).containsExactly(NOBODY);

    told.clear();
    call = Calls.call();
    run(3, NEVER_FITS, NEVER_FITS);
    assertThat(told).containsExactly(NEVER_FITS);
  }

  @Test
  void aCallThatItsCallerLeftIsNotTriedAgain() {
    call.onEnd(told::add);
    var stage = stage(new RetryConfig(3, 10));
    stage.handle(call, _ -> {});
    var gone = new Failed(Cause.CLIENT_GONE, false, "left");
    call.abandon(gone);
    assertThat(told).containsExactly(gone);
    assertThat(call.attempts()).isEqualTo(1);
  }

  @Test
  void whenTheBudgetIsSpentTheAttemptsOwnOutcomeEndsTheCall() {
    var config = new RetryConfig(3, 0);
    var budgets = new RetryBudgets(config);
    while (budgets.of(pool).tryRetry(pool, 1, 0)) {}
    var stage = new RetryStage(new RetryPolicy(config), fleet, budgets);
    run(stage, BROKE);
    assertThat(told).containsExactly(BROKE);
    assertThat(budgets.of(pool).denied()).isEqualTo(2);
  }

  @Test
  void aRetryThatFindsNoReplicaCostsNothing() {
    var config = new RetryConfig(3, 0);
    var budgets = new RetryBudgets(config);
    long before = budgets.of(pool).left();
    run(new RetryStage(new RetryPolicy(config), fleet, budgets), BROKE, NOBODY);
    assertThat(budgets.of(pool).left()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void aPoolThatMayAskNobodyIsFollowedByTheNextForFree() {
    fallbacks.add(new Destination(spare, "other"));
    fallbacks.add(new Destination(last, "m"));
    var budgets = new RetryBudgets(new RetryConfig(1, 0));
    while (budgets.of(pool).tryRetry(pool, 1, 0)) {}
    run(
        new RetryStage(new RetryPolicy(new RetryConfig(1, 0)), fleet, budgets),
        PAUSED,
        NOBODY,
        SERVED);
    assertThat(told).containsExactly(SERVED);
    assertThat(pools).containsExactly("m m", "spare other", "last m");
    assertThat(call.replicasAsked()).isEqualTo(1);
    assertThat(budgets.of(pool).denied()).isEqualTo(1);
  }

  @Test
  void afterAFailureTheOwnPoolIsAskedAgainAndThenTheNext() {
    fallbacks.add(new Destination(spare, "m"));
    run(3, BROKE, NOBODY, BUSY, SERVED);
    assertThat(told).containsExactly(SERVED);
    assertThat(pools).containsExactly("m m", "m m", "spare m", "spare m");
  }

  @Test
  void attemptsAreThoseInAllPools() {
    fallbacks.add(new Destination(spare, "m"));
    run(3, BROKE, NOBODY, BUSY, REFUSED);
    assertThat(told).containsExactly(REFUSED);
  }

  @Test
  void aRetryInAnotherPoolIsPaidByTheOneThatWasAskedFirst() {
    fallbacks.add(new Destination(spare, "m"));
    var config = new RetryConfig(3, 0);
    var budgets = new RetryBudgets(config);
    long before = budgets.of(pool).left();
    run(new RetryStage(new RetryPolicy(config), fleet, budgets), BROKE, NOBODY, SERVED);
    assertThat(budgets.of(pool).left()).isEqualTo(before);
    assertThat(budgets.of(spare).left()).isEqualTo(10);
    while (budgets.of(pool).tryRetry(pool, 1, 0)) {}
    told.clear();
    call = Calls.call();
    run(new RetryStage(new RetryPolicy(config), fleet, budgets), BROKE);
    assertThat(told).containsExactly(BROKE);
  }

  @Test
  void whatRefusesAnAccountIsNotAskedOnItsBehalfAgain() {
    var account = new Account("hosted");
    pool.account(account);
    spare.account(account);
    fallbacks.add(new Destination(spare, "m"));
    fallbacks.add(new Destination(last, "m"));
    run(3, SPENT, SERVED);
    assertThat(told).containsExactly(SERVED);
    assertThat(pools).containsExactly("m m", "last m");
  }

  @Test
  void whenNobodyElseServesARefusedAccountIsWhatIsTold() {
    fallbacks.add(new Destination(spare, "m"));
    run(3, SPENT, PAUSED);
    assertThat(told).containsExactly(SPENT);
  }

  @Test
  void whatMayNotBeRepeatedFallsBackOnlyIfNobodyWasAsked() {
    fallbacks.add(new Destination(spare, "m"));
    call = Calls.call(new HandLoop(), Calls.request(false));
    run(3, PAUSED, BROKE);
    assertThat(told).containsExactly(BROKE);
    assertThat(pools).containsExactly("m m", "spare m");
  }

  @Test
  void aModelThatCannotBeRenamedKeepsItsName() {
    fallbacks.add(new Destination(spare, "other"));
    fallbacks.add(new Destination(last, "m"));
    call =
        new Call("call-1", new HandLoop(), Calls.request(true), 0) {
          @Override
          public boolean renames() {
            return false;
          }
        };
    run(3, NOBODY, SERVED);
    assertThat(pools).containsExactly("m m", "last m");
  }

  @Test
  void whenNobodyMayBeAskedTheCallerLearnsWhenTheFirstMay() {
    fallbacks.add(new Destination(spare, "m"));
    fallbacks.add(new Destination(last, "m"));
    run(3, PAUSED, NOBODY, PAUSED);
    assertThat(told).containsExactly(NOBODY);
  }

  @Test
  void aPoolThatFailsAsAWholeSendsLittleMoreThanTheBudgetElsewhere() {
    fallbacks.add(new Destination(spare, "m"));
    RetryStage stage = stage(new RetryConfig(3, 10));
    int asked = 0;
    for (int i = 0; i < 1_000; i++) {
      call = Calls.call();
      stage.handle(
          call,
          c -> {
            var attempt = Objects.requireNonNull(c.attempt());
            attempt.on("gpu-" + c.attempts());
            attempt.end(BROKE);
          });
      asked += call.replicasAsked();
    }
    assertThat(asked).isLessThanOrEqualTo(1_000 + 100 + 11);
  }

  @Test
  void aRetryByTheCallerIsOneTooManyOnceTwoReplicasFailedOrNoBudgetIsLeft() {
    run(1, BROKE);
    assertThat(call.triedEnough()).as("one replica was asked").isFalse();

    call = Calls.call();
    run(2, BROKE, REFUSED);
    assertThat(call.triedEnough()).isTrue();

    var config = new RetryConfig(3, 0);
    var budgets = new RetryBudgets(config);
    while (budgets.of(pool).tryRetry(pool, 1, 0)) {}
    call = Calls.call();
    run(new RetryStage(new RetryPolicy(config), fleet, budgets), BROKE);
    assertThat(call.triedEnough()).isTrue();

    call = Calls.call();
    run(3, NOBODY);
    assertThat(call.triedEnough()).as("no replica was asked").isFalse();
  }

  private RetryStage stage(RetryConfig config) {
    return new RetryStage(new RetryPolicy(config), fleet, new RetryBudgets(config));
  }

  private void run(int attempts, Outcome... outcomes) {
    run(stage(new RetryConfig(attempts, 10)), outcomes);
  }

  /// Runs the call with attempts that end so, one after the other.
  private void run(RetryStage stage, Outcome... outcomes) {
    run(stage, call, outcomes);
  }

  private void run(RetryStage stage, Call call, Outcome... outcomes) {
    Deque<Outcome> script = new ArrayDeque<>(List.of(outcomes));
    call.onEnd(told::add);
    stage.handle(
        call,
        c -> {
          var attempt = Objects.requireNonNull(c.attempt());
          pools.add(attempt.pool() + " " + attempt.model());
          Outcome outcome = script.remove();
          if (!List.of(NOBODY, PAUSED, NEVER_FITS).contains(outcome)) {
            attempt.on("gpu-" + script.size());
          }
          attempt.end(outcome);
        });
    assertThat(script).isEmpty();
  }

  private Fleet fleet(Pool pool) {
    return new Fleet() {
      @Override
      public Pool poolFor(Request request) {
        return pool;
      }

      @Override
      public List<Destination> fallbacks(Request request, Pool own) {
        return fallbacks;
      }

      @Override
      public List<Pool> pools() {
        return List.of(pool);
      }
    };
  }
}
