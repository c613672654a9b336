package dev.forebay.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a request's body bounds how much may be generated.
///
/// @param given the bounds that the caller set
/// @param member what sets one where the caller set none that counts; null if one does
public record OutputBound(List<Given> given, @Nullable String member) {

  /// A number in bytes [from, to) of the body; or null, which is no bound.
  record Given(int from, int to, int tokens) {
    static final int UNBOUNDED = Integer.MAX_VALUE;
  }

  public OutputBound {
    given = List.copyOf(given);
  }

  /// Bounds by so many tokens whatever is not bounded by less.
  ///
  /// @param behind the place for a member that is added
  List<Edit> at(int tokens, int behind) {
    List<Edit> edits = new ArrayList<>(2);
    for (Given each : given) {
      if (each.tokens() > tokens) {
        edits.add(new Edit(each.from(), each.to(), Integer.toString(tokens)));
      }
    }
    if (member != null) {
      edits.add(new Edit(behind, behind, ",\"" + member + "\":" + tokens));
    }
    return edits;
  }

  /// The same, in a body that has become longer by so many bytes before that place.
  OutputBound moved(int place, int by) {
    List<Given> moved =
        given.stream()
            .map(
                it -> it.from() < place ? it : new Given(it.from() + by, it.to() + by, it.tokens()))
            .toList();
    return new OutputBound(moved, member);
  }
}
