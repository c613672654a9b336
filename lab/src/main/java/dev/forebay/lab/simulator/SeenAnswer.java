package dev.forebay.lab.simulator;

import dev.forebay.pipeline.Outcome;
import dev.forebay.server.http.Answer;
import java.time.Duration;

/// What an SDK sees of an answer.
///
/// @param code what happened, for programs
/// @param retryAfter zero if nothing is told
/// @param shouldRetry false where `x-should-retry: false` is told
public record SeenAnswer(int status, String code, Duration retryAfter, boolean shouldRetry) {
  /// The code of an answer that is one.
  public static final String OK = "ok";

  /// Beyond this the gateway asks not to be tried again, as SDKs ignore what is longer.
  private static final Duration LONGEST = Duration.ofSeconds(59);

  /// What `http.overloadStatus` is by default.
  private static final int OVERLOAD = 503;

  private static final int LIMITED = 429;

  /// Of an outcome, as the gateway's HTTP side tells it.
  ///
  /// @param draw from [0, 1); spreads those who were refused together by up to a tenth, as the
  ///   gateway does where it answers 429
  static SeenAnswer of(Outcome outcome, double draw) {
    Answer told = Answer.to(outcome, OVERLOAD);
    long more = told.status() == LIMITED ? (long) (told.retryAfter().toNanos() * draw / 10) : 0;
    Duration after = told.retryAfter().plusNanos(more);
    return new SeenAnswer(told.status(), told.code(), after, after.compareTo(LONGEST) <= 0);
  }

  /// Whether a stock SDK tries again.
  public boolean retryable() {
    return shouldRetry && (status == 408 || status == 409 || status == 429 || status >= 500);
  }
}
