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
  sealed interface Choice {
    /// In words.
    String why();
  }

  /// It was compared to none, for that reason.
  enum Uncompared implements Choice {
    PINNED("only it has the stored object"),
    ONLY("the only one that was usable and not tried yet"),
    PREFIX("it was sent the beginning of the prompt before"),
    NOT_FULL("the better ones were full");

    private final String why;

    Uncompared(String why) {
      this.why = why;
    }

    @Override
    public String why() {
      return why;
    }
  }

  /// It was the better one of two.
  ///
  /// @param usable how many replicas could have been picked
  /// @param score of the one that was picked: the work that it holds with this call, over its
  ///   weight
  /// @param over the name of the replica that it was preferred to
  /// @param overScore the score of that one
  record OfTwo(int usable, double score, String over, double overScore) implements Choice {
    @Override
    public String why() {
      return "of %d usable, two were drawn: it would hold %d work units with this call, %s %d"
          .formatted(usable, Math.round(score), over, Math.round(overScore));
    }
  }

  @Override
  public Map<String, Object> tell() {
    var told = new LinkedHashMap<String, Object>();
    told.put("pool", pool);
    told.put("why", choice == null ? "no replica could be picked" : choice.why());
    return told;
  }
}
