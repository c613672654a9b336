package dev.forebay.lab.demo;

import dev.forebay.monitor.Signals;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import java.util.HashMap;
import java.util.Map;

/// Which replica got which calls. Guarded by itself.
final class ReplicaLog implements Signals {
  private final Map<String, Tally> tallies = new HashMap<>();

  /// What one replica got.
  ///
  /// @param attempts that ended, however
  /// @param refused of them that found nobody listening
  record Tally(long attempts, long refused) {
    static final Tally NONE = new Tally(0, 0);
  }

  synchronized Tally of(String replica) {
    return tallies.getOrDefault(replica, Tally.NONE);
  }

  @Override
  public void started(Call call) {}

  @Override
  public synchronized void ended(Call call, Outcome outcome, long now) {
    for (Attempt attempt : call.tried()) {
      String replica = attempt.replica();
      if (replica != null) {
        long refused = foundNobody(attempt) ? 1 : 0;
        tallies.merge(
            replica,
            new Tally(1, refused),
            (a, b) -> new Tally(a.attempts + b.attempts, a.refused + b.refused));
      }
    }
  }

  private static boolean foundNobody(Attempt attempt) {
    return attempt.outcome() instanceof Outcome.Failed(var cause, _, _)
        && cause == Outcome.Cause.CONNECT;
  }
}
