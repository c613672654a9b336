package dev.forebay.monitor;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;

/// Who wants to know of calls: metrics, the access log, the performance line.
///
/// Told on the call's loop, so it must not block and must be safe for many loops at once.
public interface Signals {

  /// A call entered the path.
  void started(Call call);

  /// A call had its outcome.
  ///
  /// @param now the loop's clock, nanoseconds
  void ended(Call call, Outcome outcome, long now);
}
