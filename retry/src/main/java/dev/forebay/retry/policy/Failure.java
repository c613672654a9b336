package dev.forebay.retry.policy;

import dev.forebay.retry.policy.CircuitBreaker.Result;
import java.util.Set;

/// How a try failed, and what that says: whether another one may do better, and whether the host is
/// at fault. A new kind does not compile before it answers both.
public sealed interface Failure {
  /// Whether another try may do better, as long as no content was sent.
  ///
  /// @param repeatable whether doing the request twice does no harm
  boolean retryable(boolean repeatable);

  /// What it says of the host, for a [CircuitBreaker].
  Result vote();

  /// What the server said of trying again.
  default ServerHint hint() {
    return ServerHint.NONE;
  }

  /// There was no connection, so nothing of the request was read.
  record Unreached() implements Failure {
    @Override
    public boolean retryable(boolean repeatable) {
      return true;
    }

    @Override
    public Result vote() {
      return Result.FAILED;
    }
  }

  /// The connection broke after the request was sent and before the answer was there.
  record Broken() implements Failure {
    @Override
    public boolean retryable(boolean repeatable) {
      return repeatable;
    }

    @Override
    public Result vote() {
      return Result.FAILED;
    }
  }

  /// Success without an answer: nothing, white space, or an end before any content; or the model
  /// stopped because the engine ran out of room.
  record Empty() implements Failure {
    @Override
    public boolean retryable(boolean repeatable) {
      return repeatable;
    }

    @Override
    public Result vote() {
      return Result.NO_VOTE;
    }
  }

  /// The server answered with an error.
  ///
  /// @param status HTTP status; 200 for an error inside of an answer that began as a success
  /// @param code what happened, for programs; empty if it did not say
  /// @param type kind of error; empty if it did not say
  record Answered(int status, String code, String type, ServerHint hint) implements Failure {
    /// The caller's money is spent: no amount of waiting helps.
    private static final Set<String> SPENT =
        Set.of(
            "insufficient_quota",
            "credit_balance_exhausted",
            "insufficient_balance",
            "billing_hard_limit_reached",
            "billing_not_active",
            "billing_error",
            "spend_limit_reached",
            "enforced_spend_limit_reached");

    /// The request itself is at fault, said where no status could say it any more.
    private static final Set<String> REQUEST_AT_FAULT =
        Set.of(
            "invalid_request_error",
            "invalid_request",
            "BadRequestError",
            "authentication_error",
            "invalid_api_key",
            "permission_error",
            "not_found_error",
            "model_not_found",
            "request_too_large",
            "context_length_exceeded",
            "content_filter",
            "content_policy_violation");

    @Override
    public boolean retryable(boolean repeatable) {
      return repeatable
          && !spent()
          && hint.again().orElse(true)
          && switch (status) {
            case 200 -> !says(REQUEST_AT_FAULT);
            case 408, 425, 429 -> true;
            // a conflict stays one, unless the server knows better
            case 409 -> hint.again().orElse(false);
            case 501, 505, 511 -> false;
            default -> status >= 500;
          };
    }

    @Override
    public Result vote() {
      return switch (status) {
        // a server that has too much to do says so; it works, but that is no reason to send more
        case 429, 503, 529 -> Result.NO_VOTE;
        case 501 -> Result.SUCCEEDED;
        default -> status >= 500 ? Result.FAILED : Result.SUCCEEDED;
      };
    }

    /// Whether the money of whoever asks is spent: no amount of waiting helps.
    public boolean spent() {
      return says(SPENT);
    }

    private boolean says(Set<String> codes) {
      return codes.contains(code) || codes.contains(type);
    }
  }
}
