package dev.forebay.gpu;

import dev.forebay.pipeline.Note;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where an attempt was placed, and why there.
///
/// @param choice null if no replica could take it
record Placement(String pool, @Nullable Choice choice) implements Note {

  /// Why it is that replica.
  ///
  /// @param usable how many replicas could have been picked; 0 where only this one has what the
  ///   call needs
  /// @param score of the one that was picked: the work that it holds with this call, over its
  ///   weight
  /// @param over the name of the replica that it was preferred to; null if it was compared to none
  /// @param overScore the score of that one
  record Choice(int usable, double score, @Nullable String over, double overScore) {
    /// Only that replica has what the call needs.
    static final Choice PINNED = new Choice(0, 0, null, 0);

    /// Only that replica is usable.
    static final Choice ONLY = new Choice(1, 0, null, 0);

    /// It was sent the beginning of the prompt before.
    static final Choice PREFIX = new Choice(1, 1, null, 0);

    /// Those that it was compared to are full.
    static final Choice NOT_FULL = new Choice(2, 0, null, 0);
  }

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
    if (choice.equals(Choice.PREFIX)) {
      return "it was sent the beginning of the prompt before";
    }
    if (choice.equals(Choice.NOT_FULL)) {
      return "the better ones were full";
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
