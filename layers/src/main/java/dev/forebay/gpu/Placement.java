package dev.forebay.gpu;

import dev.forebay.fleet.Capacity.Choice;
import dev.forebay.pipeline.Note;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where an attempt was placed, and why there.
///
/// @param choice null if no replica could take it
record Placement(String pool, @Nullable Choice choice) implements Note {

  @Override
  public Map<String, Object> tell() {
    var told = new LinkedHashMap<String, Object>();
    told.put("pool", pool);
    told.put("why", why());
    return told;
  }

  private String why() {
    if (choice == null) {
      return "no replica could be picked";
    }
    if (choice.usable() == 0) {
      return "only it has the stored object";
    }
    if (choice.over() == null) {
      return "the only one that was usable and not tried yet";
    }
    return "of %d usable, two were drawn: it would hold %d work units with this call, %s %d"
        .formatted(
            choice.usable(),
            Math.round(choice.score()),
            choice.over(),
            Math.round(choice.overScore()));
  }
}
