package dev.forebay.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.fleet.Fleet;
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

  private final Pool pool = new Pool("m", Dialect.OPENAI, false, List.of());
  private final Fleet fleet = fleet(pool);
  private final Call call = Calls.call();
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
  void aRetryByTheCallerIsOneTooManyOnceTwoReplicasFailedOrNoBudgetIsLeft() {
    run(1, BROKE);
    assertThat(call.triedEnough()).as("one replica was asked").isFalse();

    Call twice = Calls.call();
    run(stage(new RetryConfig(2, 10)), twice, BROKE, REFUSED);
    assertThat(twice.triedEnough()).isTrue();

    var config = new RetryConfig(3, 0);
    var budgets = new RetryBudgets(config);
    while (budgets.of(pool).tryRetry(pool, 1, 0)) {}
    Call poor = Calls.call();
    run(new RetryStage(new RetryPolicy(config), fleet, budgets), poor, BROKE);
    assertThat(poor.triedEnough()).isTrue();

    Call shed = Calls.call();
    run(stage(config), shed, NOBODY);
    assertThat(shed.triedEnough()).as("no replica was asked").isFalse();
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
          Outcome outcome = script.remove();
          if (!outcome.equals(NOBODY)) {
            attempt.on("gpu-" + script.size());
          }
          attempt.end(outcome);
        });
    assertThat(script).isEmpty();
  }

  private static Fleet fleet(Pool pool) {
    return new Fleet() {
      @Override
      public Pool poolFor(Request request) {
        return pool;
      }

      @Override
      public List<Pool> pools() {
        return List.of(pool);
      }
    };
  }
}
