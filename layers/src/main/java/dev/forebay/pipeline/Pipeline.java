package dev.forebay.pipeline;

import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import java.util.List;

/// The path of a call as a list of stages, first to last.
///
/// Immutable and safe for many calls at once; passing a call on allocates nothing.
public final class Pipeline {
  private final Next first;

  /// @param stages in the order in which a call meets them; the last one passes to nobody
  public Pipeline(List<Stage> stages) {
    Next next =
        call -> {
          throw new IllegalStateException("no stage is left to answer call " + call.id());
        };
    for (Stage stage : stages.reversed()) {
      next = link(stage, next);
    }
    first = next;
  }

  /// Starts a call on its way. To be called on the call's loop.
  public void enter(Call call) {
    first.proceed(call);
  }

  private static Next link(Stage stage, Next next) {
    return call -> {
      if (!call.ended()) {
        try {
          stage.handle(call, next);
        } catch (RuntimeException e) {
          // A fault of ours: the caller gets its one answer all the same, what is held is given
          // back, and whoever owns the loop learns of the fault.
          boolean content = call.progress().content();
          call.abandon(new Failed(Cause.INTERNAL, content, "an error inside the gateway"));
          throw e;
        }
      }
    };
  }
}
