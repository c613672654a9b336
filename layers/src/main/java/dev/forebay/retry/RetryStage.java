package dev.forebay.retry;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;

/// Runs the rest of the path once per attempt, until one serves or the policy says that it is
/// enough.
public final class RetryStage implements Stage {
  private final RetryPolicy policy;

  public RetryStage(RetryPolicy policy) {
    this.policy = policy;
  }

  @Override
  public void handle(Call call, Next next) {
    call.attempt(outcome -> decide(call, next, outcome));
    next.proceed(call);
  }

  private void decide(Call call, Next next, Outcome outcome) {
    if (!policy.again(call, outcome)) {
      call.end(outcome);
      return;
    }
    call.attempt(later -> {
      if (nobodyLeft(later)) {
        // The caller learns what went wrong, not that no replica was left to try.
        call.end(outcome);
      } else {
        decide(call, next, later);
      }
    });
    next.proceed(call);
  }

  private static boolean nobodyLeft(Outcome outcome) {
    return outcome instanceof Shed shed && shed.reason() == Reason.NO_REPLICA;
  }
}
