package dev.forebay.pipeline;

import java.time.Duration;
import java.time.Instant;

/// A control loop beside the path: probes, scrapes, reports, scaling. May block; never runs on an
/// event loop, and never twice at once.
public interface Tick {

  /// The pause between the end of one turn and the start of the next.
  Duration every();

  /// One turn. What it throws is logged, and the next turn comes all the same.
  void turn(Instant now) throws Exception;
}
