package dev.forebay.server.protection;

import dev.forebay.server.setting.Check;
import java.time.Duration;

/// What the process may come to before it takes no new calls.
///
/// @param heapPercent of the heap's old generation that is taken after a collection, 1..100; never
///   more than 100, which is off
/// @param directPercent of the memory outside the heap that the JVM allows, 1..100; 100 is off
/// @param calls under way at once; 0 is no limit
/// @param connections of callers; 0 is no limit
/// @param loopLag how long an event loop lets a task wait
public record ProtectionConfig(
    int heapPercent, int directPercent, int calls, int connections, Duration loopLag) {
  public ProtectionConfig {
    Check.between("heapPercent", heapPercent, 1, 100);
    Check.between("directPercent", directPercent, 1, 100);
    Check.between("calls", calls, 0, Integer.MAX_VALUE);
    Check.between("connections", connections, 0, Integer.MAX_VALUE);
    Check.positive("loopLag", loopLag);
  }
}
