package dev.forebay.client;

import dev.forebay.retry.policy.RetryDecision.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The server answered with an error, or with a success that had nothing in it. Of several tries it
/// is the last one's answer.
@SuppressWarnings("serial") // never written anywhere
public final class AnsweredException extends CallException {
  private static final long serialVersionUID = 1;

  private final ReceivedAnswer answer;
  private final ErrorBody error;
  private final @Nullable Duration retryAfter;
  private final Reason reason;

  AnsweredException(
      ReceivedAnswer answer,
      ErrorBody error,
      @Nullable Duration retryAfter,
      Reason reason,
      int attempts) {
    super(
        answer.status() + " " + error + ", not tried again: " + reason + " after " + attempts,
        attempts,
        null);
    this.answer = answer;
    this.error = error;
    this.retryAfter = retryAfter;
    this.reason = reason;
  }

  /// HTTP status; 200 if the error was inside of an answer that began as a success.
  public int status() {
    return answer.status();
  }

  public Headers headers() {
    return answer.headers();
  }

  /// The answer as far as it came, as UTF-8.
  public String body() {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /// What happened, for programs; empty if it did not say.
  public String code() {
    return error.code();
  }

  /// Kind of error; empty if it did not say.
  public String type() {
    return error.type();
  }

  /// Why the call was not tried again.
  public Reason reason() {
    return reason;
  }

  @Override
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  @Override
  public Optional<String> requestId() {
    String id = answer.headers().first("x-request-id");
    return Optional.ofNullable(id != null ? id : answer.headers().first("request-id"));
  }
}
