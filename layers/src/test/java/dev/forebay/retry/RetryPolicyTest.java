package dev.forebay.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.Calls;
import dev.forebay.HandLoop;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final Set<Cause> ANOTHER_MAY_SERVE =
      EnumSet.of(
          Cause.CONNECT,
          Cause.UPSTREAM_BROKE,
          Cause.UPSTREAM_ERROR,
          Cause.UPSTREAM_ACCOUNT,
          Cause.UPSTREAM_FORBIDDEN,
          Cause.FAKE_SUCCESS);

  private final RetryPolicy policy = new RetryPolicy(new RetryConfig(2, 10));

  @Test
  void whatAnotherReplicaMayServeIsTriedAgain() {
    for (Cause cause : Cause.values()) {
      assertThat(again(true, new Failed(cause, false, "")))
          .as("%s", cause)
          .isEqualTo(ANOTHER_MAY_SERVE.contains(cause));
    }
  }

  @Test
  void nothingIsTriedAgainOnceContentWasSent() {
    for (Cause cause : Cause.values()) {
      assertThat(again(true, new Failed(cause, true, ""))).as("%s", cause).isFalse();
    }
  }

  @Test
  void whatMayNotBeRepeatedIsTriedAgainOnlyIfItNeverConnected() {
    for (Cause cause : Cause.values()) {
      assertThat(again(false, new Failed(cause, false, "")))
          .as("%s", cause)
          .isEqualTo(cause == Cause.CONNECT);
    }
  }

  @Test
  void ofTheShedOnlyThoseOfABusyReplicaAreTriedAgain() {
    for (Reason reason : Reason.values()) {
      assertThat(again(true, new Shed(reason, Duration.ZERO)))
          .as("%s", reason)
          .isEqualTo(reason == Reason.UPSTREAM_BUSY);
    }
  }

  @Test
  void whatMayNotBeRepeatedStaysRefusedByABusyReplica() {
    assertThat(again(false, new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO))).isFalse();
  }

  @Test
  void anAnswerIsFinal() {
    assertThat(again(true, new Served(200))).isFalse();
    assertThat(again(true, new Served(400))).isFalse();
    assertThat(again(true, new FromCache())).isFalse();
    assertThat(again(true, new Deferred("task-1"))).isFalse();
  }

  @Test
  void theLastAttemptIsFinal() {
    Call call = Calls.call();
    Outcome broke = new Failed(Cause.UPSTREAM_BROKE, false, "");
    end(call, "gpu-1", broke);
    assertThat(policy.again(call, broke)).isTrue();
    call.attempt(_ -> {}).end(broke);
    assertThat(policy.again(call, broke)).as("asked nobody").isTrue();
    end(call, "gpu-2", broke);
    assertThat(policy.again(call, broke)).isFalse();
  }

  private static void end(Call call, String replica, Outcome outcome) {
    Attempt attempt = call.attempt(_ -> {});
    attempt.on(replica);
    attempt.end(outcome);
  }

  @Test
  void attemptsAreBounded() {
    assertThatThrownBy(() -> new RetryConfig(0, 10)).hasMessage("attempts must be 1..10, was 0");
    assertThatThrownBy(() -> new RetryConfig(11, 10)).hasMessage("attempts must be 1..10, was 11");
  }

  private boolean again(boolean repeatable, Outcome outcome) {
    Call call = Calls.call(new HandLoop(), Calls.request(repeatable));
    call.attempt(_ -> {}).end(outcome);
    return policy.again(call, outcome);
  }
}
