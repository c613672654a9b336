package dev.forebay.lab.load;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What became of one call. Times are nanoseconds from the intended start.
///
/// @param id what was sent as `x-request-id`
/// @param status 0 where none came
/// @param attempts of `x-forebay-attempts`, 0 where it said none
/// @param deltas pieces of content received
/// @param firstNanos to the first content of a stream, 0 where none came
/// @param lastNanos to its last content
/// @param endNanos to the end
/// @param textBytes length of the text received, UTF-8
/// @param textSha256 of the text received, where the observer asked for it; of a part for a cut one
public record LoadOutcome(
    String id,
    Arrival arrival,
    Ending ending,
    int status,
    @Nullable String replica,
    @Nullable String reason,
    int attempts,
    int deltas,
    long firstNanos,
    long lastNanos,
    long endNanos,
    long textBytes,
    @Nullable String textSha256) {

  /// Mean distance of two deltas, 0 where there are fewer than two.
  public long perTokenNanos() {
    return deltas < 2 ? 0 : (lastNanos - firstNanos) / (deltas - 1);
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
