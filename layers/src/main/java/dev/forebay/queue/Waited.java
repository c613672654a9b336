package dev.forebay.queue;

import dev.forebay.pipeline.Note;
import dev.forebay.pipeline.Place;
import java.util.LinkedHashMap;
import java.util.Map;

/// That an attempt waited for room, or was not let into the queue.
///
/// @param place where it stood when it came
record Waited(Place place, long nanos) implements Note {

  @Override
  public Map<String, Object> tell() {
    var told = new LinkedHashMap<>(place.tell());
    told.put("waited_ms", nanos / 1_000_000);
    return Map.of("queue", told);
  }
}
