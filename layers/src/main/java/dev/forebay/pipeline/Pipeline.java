package dev.forebay.pipeline;

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
        stage.handle(call, next);
      }
    };
  }
}
