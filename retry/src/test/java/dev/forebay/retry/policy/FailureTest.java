package dev.forebay.retry.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.retry.policy.CircuitBreaker.Result;
import dev.forebay.retry.policy.Failure.Answered;
import dev.forebay.retry.policy.Failure.Broken;
import dev.forebay.retry.policy.Failure.Empty;
import dev.forebay.retry.policy.Failure.Unreached;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailureTest {
  private static final Set<Integer> REFUSED_BUT_MAY_PASS = Set.of(408, 425, 429);

  @Test
  void ofTheStatusesBelow500OnlyThoseThatPassAreTriedAgain() {
    for (int status = 300; status < 500; status++) {
      assertThat(answered(status).retryable(true))
          .as("%d", status)
          .isEqualTo(REFUSED_BUT_MAY_PASS.contains(status));
    }
  }

  @Test
  void faultsOfTheServerAreTriedAgainUnlessItCannotDoTheThingAtAll() {
    for (int status = 500; status < 600; status++) {
      assertThat(answered(status).retryable(true))
          .as("%d", status)
          .isEqualTo(!Set.of(501, 505, 511).contains(status));
    }
  }

  @Test
  void spentMoneyIsNeverTriedAgain() {
    assertThat(answered(429, "insufficient_quota", "insufficient_quota").retryable(true)).isFalse();
    assertThat(answered(429, "", "insufficient_quota").retryable(true)).isFalse();
    assertThat(answered(429, "enforced_spend_limit_reached", "").retryable(true)).isFalse();
    assertThat(answered(503, "billing_not_active", "").retryable(true)).isFalse();
    assertThat(answered(429, "rate_limit_exceeded", "requests").retryable(true)).isTrue();
  }

  @Test
  void theServersNoIsObeyed() {
    for (int status : List.of(429, 500, 502, 503, 529)) {
      assertThat(hinted(status, false).retryable(true)).as("%d", status).isFalse();
      assertThat(hinted(status, true).retryable(true)).as("%d", status).isTrue();
    }
  }

  @Test
  void theServersYesCountsForAConflictButNotForARequestThatIsWrong() {
    assertThat(hinted(409, true).retryable(true)).isTrue();
    for (int status : List.of(400, 401, 402, 403, 404, 413, 415, 422)) {
      assertThat(hinted(status, true).retryable(true)).as("%d", status).isFalse();
    }
  }

  @Test
  void anErrorInsideOfASuccessIsTriedAgainUnlessTheRequestIsAtFault() {
    assertThat(answered(200, "server_overloaded", "overloaded_error").retryable(true)).isTrue();
    assertThat(answered(200, "", "").retryable(true)).isTrue();
    assertThat(answered(200, "", "invalid_request_error").retryable(true)).isFalse();
    assertThat(answered(200, "context_length_exceeded", "").retryable(true)).isFalse();
  }

  @Test
  void whatMayNotBeRepeatedIsTriedAgainOnlyIfItNeverConnected() {
    assertThat(new Unreached().retryable(false)).isTrue();
    assertThat(new Broken().retryable(false)).isFalse();
    assertThat(new Empty().retryable(false)).isFalse();
    assertThat(answered(503).retryable(false)).isFalse();
    assertThat(new Broken().retryable(true)).isTrue();
    assertThat(new Empty().retryable(true)).isTrue();
  }

  @Test
  void aHostThatRefusesForOverloadIsNeitherBrokenNorWell() {
    assertThat(new Unreached().vote()).isEqualTo(Result.FAILED);
    assertThat(new Broken().vote()).isEqualTo(Result.FAILED);
    assertThat(new Empty().vote()).isEqualTo(Result.NO_VOTE);
    for (int status : List.of(500, 502, 504, 520)) {
      assertThat(answered(status).vote()).as("%d", status).isEqualTo(Result.FAILED);
    }
    for (int status : List.of(429, 503, 529)) {
      assertThat(answered(status).vote()).as("%d", status).isEqualTo(Result.NO_VOTE);
    }
    for (int status : List.of(200, 400, 404, 501)) {
      assertThat(answered(status).vote()).as("%d", status).isEqualTo(Result.SUCCEEDED);
    }
  }

  private static Failure answered(int status) {
    return answered(status, "", "");
  }

  private static Failure answered(int status, String code, String type) {
    return new Answered(status, code, type, ServerHint.NONE);
  }

  private static Failure hinted(int status, boolean again) {
    return new Answered(status, "", "", new ServerHint(Optional.empty(), Optional.of(again)));
  }
}
