package dev.forebay.pipeline;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a call stands in a queue: an estimate, since better calls may come and others leave.
///
/// @param position 1 for the call that is expected to start next
/// @param expected how long it is expected to wait; null if nobody can tell
public record Place(int position, @Nullable Duration expected) {

  /// As operators are told it.
  public Map<String, Object> tell() {
    var told = new LinkedHashMap<String, Object>();
    told.put("position", position);
    if (expected != null) {
      told.put("expected_ms", expected.toMillis());
    }
    return told;
  }
}
