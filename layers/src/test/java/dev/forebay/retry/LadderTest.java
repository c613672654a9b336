package dev.forebay.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.Calls;
import dev.forebay.HandLoop;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Degradation.Step;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Leeway;
import dev.forebay.pipeline.Operation;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LadderTest {
  private static final Outcome SERVED = new Served(200);
  private static final Outcome TOO_LATE = new Shed(Reason.TOO_LATE, Duration.ofSeconds(9));
  private static final Outcome OVERDUE = new Shed(Reason.OVERDUE, Duration.ofSeconds(1));
  private static final Outcome FULL = new Shed(Reason.POOL_FULL, Duration.ofSeconds(1));
  private static final Outcome BROKE = new Failed(Cause.UPSTREAM_BROKE, false, "broke");
  private static final DegradeConfig CONFIG =
      new DegradeConfig(Map.of("large", "middle", "middle", "small"), 50);

  private final Family fleet = new Family();
  private final List<String> tried = new ArrayList<>();
  private final List<Outcome> told = new ArrayList<>();

  @Test
  void eachStepIsTakenByItselfAndThenAllOfThemTogether() {
    run(leeway(Step.MODEL, Step.MAX_TOKENS), call(100), TOO_LATE, FULL, FULL, FULL, FULL, FULL);
    assertThat(tried)
        .containsExactly(
            "large 100", "middle 100", "small 100", "large 50", "middle 50", "small 50");
  }

  @Test
  void stepsAreTakenInTheOrderOfTheTenant() {
    run(leeway(Step.MAX_TOKENS, Step.MODEL), call(0), TOO_LATE, FULL, FULL, SERVED);
    assertThat(tried).containsExactly("large 0", "large 50", "middle 0", "small 0");
    assertThat(told).containsExactly(SERVED);
  }

  @Test
  void whoDidNotAgreeIsRefused() {
    run(Leeway.NONE, call(0), TOO_LATE);
    assertThat(told).containsExactly(TOO_LATE);
  }

  @Test
  void whoIsNotRefusedIsNotDegraded() {
    Call call = run(leeway(Step.MODEL, Step.MAX_TOKENS), call(0), SERVED);
    assertThat(call.degradation()).isEqualTo(Degradation.NONE);
    call = run(leeway(Step.MODEL, Step.MAX_TOKENS), call(0), BROKE, SERVED);
    assertThat(call.degradation()).isEqualTo(Degradation.NONE);
  }

  @Test
  void whatFailedIsAFailureAndNoRefusal() {
    run(leeway(Step.MODEL), call(0), BROKE, FULL);
    assertThat(told).containsExactly(BROKE);
  }

  @Test
  void aModelThatTheTenantMayNotCallDoesNotAnswer() {
    var leeway = new Leeway(List.of(Step.MODEL), List.of("large", "small"));
    run(leeway, call(0), TOO_LATE, SERVED);
    assertThat(tried).containsExactly("large 0", "small 0");
  }

  @Test
  void aCallThatAsksForLessAlreadyIsNotBounded() {
    run(leeway(Step.MAX_TOKENS), call(50), TOO_LATE);
    assertThat(tried).containsExactly("large 50");
  }

  @Test
  void whenThereIsNoRoomForLessTheCallerLearnsWhenThereIsForWhatItAsked() {
    run(leeway(Step.MODEL), call(0), TOO_LATE, FULL, FULL);
    assertThat(told).containsExactly(TOO_LATE);
  }

  @Test
  void whoWaitedForLessUntilItsTimeWasUpLearnsThat() {
    run(leeway(Step.MODEL), call(0), TOO_LATE, FULL, OVERDUE);
    assertThat(told).containsExactly(OVERDUE);
  }

  @Test
  void whatFailedIsAFailureThoughItsRetryWaitedUntilItsTimeWasUp() {
    run(Leeway.NONE, call(0), BROKE, OVERDUE);
    assertThat(told).containsExactly(BROKE);
    run(leeway(Step.MODEL), call(0), TOO_LATE, BROKE, OVERDUE);
    assertThat(told).containsExactly(BROKE);
  }

  @Test
  void theCallTellsWhatWasTakenAndARetryTakesTheSame() {
    Call call = run(leeway(Step.MODEL), call(0), TOO_LATE, BROKE, SERVED);
    assertThat(tried).containsExactly("large 0", "middle 0", "middle 0");
    assertThat(call.degradation()).isEqualTo(new Degradation("middle", 0));
    assertThat(call.request().model()).as("what was asked stays").isEqualTo("large");
  }

  @Test
  void vectorsAreOfNoUseFromAnotherModel() {
    Call call = call(0, Operation.EMBEDDINGS, false);
    run(leeway(Step.MODEL, Step.MAX_TOKENS), call, TOO_LATE);
    assertThat(told).containsExactly(TOO_LATE);
  }

  @Test
  void whatIsStoredForLaterCallsKeepsItsModel() {
    Call call = call(0, Operation.RESPONSES, true);
    run(leeway(Step.MODEL, Step.MAX_TOKENS), call, TOO_LATE, SERVED);
    assertThat(tried).containsExactly("large 0", "large 50");
  }

  @Test
  void aBodyThatCannotBeEditedIsSentAsItIsOrNotAtAll() {
    var call =
        new Call("call-1", new HandLoop(), Calls.request("large", true), 0) {
          @Override
          public boolean renames() {
            return false;
          }

          @Override
          public boolean bounds() {
            return false;
          }
        };
    run(leeway(Step.MODEL, Step.MAX_TOKENS), call, TOO_LATE);
    assertThat(told).containsExactly(TOO_LATE);
  }

  @Test
  void aCallIsCountedOnceForTheBudgetOfItsOwnPool() {
    var budgets = new RetryBudgets(new RetryConfig(3, 100));
    Pool own = Objects.requireNonNull(fleet.pool("large"));
    while (budgets.of(own).tryRetry(own, 1, 0)) {}
    Call call = call(0);
    call.leeway(leeway(Step.MAX_TOKENS));
    run(
        new RetryStage(
            new RetryPolicy(new RetryConfig(3, 100)), fleet, budgets, new Ladder(CONFIG)),
        call,
        TOO_LATE,
        FULL);
    assertThat(budgets.of(own).left()).isEqualTo(1);
  }

  @Test
  void aFamilyHasNoCirclesAndItsNamesFitIntoAHeader() {
    assertThatThrownBy(() -> new DegradeConfig(Map.of("a", "b", "b", "a"), 1))
        .hasMessageStartingWith("smaller.")
        .hasMessageContaining("must not lead back to");
    assertThatThrownBy(() -> new DegradeConfig(Map.of("a", "b\r\nx: y"), 1))
        .hasMessageContaining("must be a name of visible ASCII");
    assertThatThrownBy(() -> new DegradeConfig(Map.of(), 0))
        .hasMessage("maxTokens must be >= 1, was 0");
  }

  private static Leeway leeway(Step... steps) {
    return new Leeway(List.of(steps), List.of());
  }

  private static Call call(int maxTokens) {
    return call(maxTokens, Operation.CHAT, false);
  }

  private static Call call(int maxTokens, Operation operation, boolean stores) {
    var request =
        new Request(
            operation,
            "large",
            true,
            false,
            maxTokens,
            1,
            new Request.Prompt(100, 0, 1, 0, 0),
            null,
            null,
            Double.NaN,
            false,
            !stores,
            stores,
            null);
    return new Call("call-1", new HandLoop(), request, 0);
  }

  private Call run(Leeway leeway, Call call, Outcome... outcomes) {
    call.leeway(leeway);
    var config = new RetryConfig(3, 10);
    return run(
        new RetryStage(
            new RetryPolicy(config), fleet, new RetryBudgets(config), new Ladder(CONFIG)),
        call,
        outcomes);
  }

  /// Runs the call with attempts that end so, one after the other; those that are not shed had a
  /// replica.
  private Call run(RetryStage stage, Call call, Outcome... outcomes) {
    tried.clear();
    told.clear();
    Deque<Outcome> script = new ArrayDeque<>(List.of(outcomes));
    call.onEnd(told::add);
    stage.handle(
        call,
        c -> {
          var attempt = Objects.requireNonNull(c.attempt());
          tried.add(attempt.model() + " " + c.asked().maxTokens());
          assertThat(attempt.pool()).as("who serves it").isEqualTo(attempt.model());
          Outcome outcome = script.remove();
          if (!(outcome instanceof Shed)) {
            attempt.on("gpu-" + script.size());
          }
          attempt.end(outcome);
        });
    assertThat(script).isEmpty();
    return call;
  }

  /// A pool for each model, of the same name.
  private static final class Family implements Fleet {
    private final Map<String, Pool> pools = new LinkedHashMap<>();

    Family() {
      for (String model : List.of("large", "middle", "small")) {
        pools.put(model, new Pool(model, Dialect.OPENAI, false, List.of()));
      }
    }

    @Override
    public @Nullable Pool poolFor(Request request) {
      return pools.get(request.model());
    }

    @Override
    public List<Pool> pools() {
      return List.copyOf(pools.values());
    }
  }
}
