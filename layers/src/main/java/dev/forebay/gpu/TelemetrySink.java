package dev.forebay.gpu;

import dev.forebay.fleet.Replica;

/// Who is told what engines show. Called by many threads, of which none is a loop; for one replica
/// never by two at once, and in the order in which it was asked. Must not block.
public interface TelemetrySink {
  void observed(Replica replica, Telemetry telemetry);
}
