package dev.forebay.retry.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.retry.policy.RetryDecision.Again;
import dev.forebay.retry.policy.RetryDecision.GiveUp;
import dev.forebay.retry.policy.RetryDecision.Reason;
import dev.forebay.retry.policy.RetryRules.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryRulesTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final RetryRules rules =
      new RetryRules(
          3, new Backoff(Duration.ofMillis(500), Duration.ofSeconds(20)), Duration.ofSeconds(60));
  private final RetryBudget budget = new RetryBudget(new BudgetConfig(0.1, 10, 1_000));
  private final RandomGenerator random = Seeds.random(1);

  @Test
  void neverTriesAgainAfterContent() {
    assertThat(decide(new Failure.Broken(), new Standing(1, true, true, 1, LONG)))
        .isEqualTo(new GiveUp(Reason.CONTENT_SENT));
  }

  @Test
  void givesUpWhatWouldEndTheSameWay() {
    assertThat(decide(answered(400, Duration.ZERO), standing(1)))
        .isEqualTo(new GiveUp(Reason.FINAL));
  }

  @Test
  void theLastAttemptIsFinal() {
    assertThat(decide(new Failure.Broken(), standing(2))).isInstanceOf(Again.class);
    assertThat(decide(new Failure.Broken(), standing(3))).isEqualTo(new GiveUp(Reason.ATTEMPTS));
  }

  @Test
  void comesBackWhenTheServerSaysOrALittleLaterButNeverEarlier() {
    Seeds.forAll(
        500,
        random -> {
          var told = Duration.ofNanos(random.nextLong(1, Duration.ofSeconds(60).toNanos()));
          var budget = new RetryBudget(new BudgetConfig(0.1, 10, 1_000));
          var decision = rules.decide(answered(429, told), standing(1), budget, random);
          assertThat(((Again) decision).delay())
              .isBetween(told, told.plus(told.dividedBy(10)).plusNanos(1));
        });
  }

  @Test
  void aServerThatSaysNothingOrAtOnceLeavesItToTheBackoff() {
    Seeds.forAll(
        500,
        random -> {
          int attempts = random.nextInt(1, 3);
          var budget = new RetryBudget(new BudgetConfig(0.1, 10, 1_000));
          var decision =
              rules.decide(answered(503, Duration.ZERO), standing(attempts), budget, random);
          assertThat(((Again) decision).delay())
              .isBetween(Duration.ZERO, rules.backoff().upperEnd(attempts));
        });
  }

  @Test
  void givesUpAtOnceIfTheTimeToComeBackIsBeyondTheDeadline() {
    var soon = new Standing(1, false, true, 1, Duration.ofSeconds(5));
    assertThat(decide(answered(429, Duration.ofSeconds(5)), soon))
        .isEqualTo(new GiveUp(Reason.DEADLINE));
    assertThat(budget.left()).isEqualTo(10);
  }

  @Test
  void givesUpAtOnceIfTheServerAsksForTooLongAWait() {
    assertThat(decide(answered(429, Duration.ofSeconds(61)), standing(1)))
        .isEqualTo(new GiveUp(Reason.TOO_LONG));
    assertThat(decide(answered(429, Duration.ofSeconds(60)), standing(1)))
        .isInstanceOf(Again.class);
  }

  @Test
  void givesUpWhatTheBudgetDoesNotPay() {
    for (int i = 0; i < 10; i++) {
      assertThat(decide(new Failure.Unreached(), standing(1))).isInstanceOf(Again.class);
    }
    assertThat(decide(new Failure.Unreached(), standing(1))).isEqualTo(new GiveUp(Reason.BUDGET));
  }

  @Test
  void refusesWhatIsNoRule() {
    var backoff = rules.backoff();
    assertThatThrownBy(() -> new RetryRules(0, backoff, LONG))
        .hasMessage("attempts must be 1..10, was 0");
    assertThatThrownBy(() -> new RetryRules(1, backoff, Duration.ofSeconds(-1)))
        .hasMessage("maxPause must be >= 0s, was PT-1S");
  }

  private RetryDecision decide(Failure failure, Standing call) {
    return rules.decide(failure, call, budget, random);
  }

  private static Standing standing(int attempts) {
    return new Standing(attempts, false, true, 1, LONG);
  }

  private static Failure answered(int status, Duration told) {
    return new Failure.Answered(
        status, "", "", new ServerHint(Optional.of(told), Optional.empty()));
  }
}
