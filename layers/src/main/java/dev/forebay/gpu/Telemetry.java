package dev.forebay.gpu;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What one engine showed of itself at one moment. What it does not show is empty: unknown, never
/// zero.
///
/// The two times bound the moment that the numbers are of. Whoever compares them with what was
/// promised to the engine has to take what was promised when it was asked.
///
/// @param asked when it was asked, on the loops' clock, nanoseconds
/// @param answered when its answer was there
/// @param kvUsage share of its KV cache that running sequences hold, 0..1; where it runs as several
///   ranks, that of the fullest
/// @param kvCapacityTokens tokens its KV cache holds, over all ranks; > 0
/// @param running sequences computed now
/// @param waiting sequences in its own queue
/// @param maxNumSeqs sequences it computes at once at most; > 0
/// @param preemptions sequences that it threw out of its KV cache since it started
/// @param blockSize tokens that it gives out at once; > 0
/// @param prefixHits prompt tokens that were found in its cache since it started
/// @param prefixQueries prompt tokens that were looked up in its cache since it started
public record Telemetry(
    long asked,
    long answered,
    OptionalDouble kvUsage,
    OptionalLong kvCapacityTokens,
    OptionalLong running,
    OptionalLong waiting,
    OptionalLong maxNumSeqs,
    OptionalLong preemptions,
    OptionalLong blockSize,
    OptionalLong prefixHits,
    OptionalLong prefixQueries) {

  public Telemetry {
    if (answered - asked < 0) {
      throw new IllegalArgumentException("answered must not be before asked");
    }
    double usage = kvUsage.orElse(0);
    if (!(usage >= 0 && usage <= 1)) {
      throw new IllegalArgumentException("kvUsage must be 0..1, was " + usage);
    }
    atLeast("kvCapacityTokens", kvCapacityTokens, 1);
    atLeast("running", running, 0);
    atLeast("waiting", waiting, 0);
    atLeast("maxNumSeqs", maxNumSeqs, 1);
    atLeast("preemptions", preemptions, 0);
    atLeast("blockSize", blockSize, 1);
    atLeast("prefixHits", prefixHits, 0);
    atLeast("prefixQueries", prefixQueries, 0);
  }

  private static void atLeast(String name, OptionalLong value, long least) {
    if (value.isPresent() && value.getAsLong() < least) {
      throw new IllegalArgumentException(
          name + " must be >= " + least + ", was " + value.getAsLong());
    }
  }

  /// Nothing but when it was.
  public static Telemetry unknown(long asked, long answered) {
    OptionalLong none = OptionalLong.empty();
    return new Telemetry(
        asked, answered, OptionalDouble.empty(), none, none, none, none, none, none, none, none);
  }

  /// Whether it says nothing at all.
  public boolean isEmpty() {
    return equals(unknown(asked, answered));
  }

  /// This with other sizes, such as whoever runs the engine wrote down.
  public Telemetry withSizes(OptionalLong kvCapacityTokens, OptionalLong maxNumSeqs) {
    return new Telemetry(
        asked,
        answered,
        kvUsage,
        kvCapacityTokens,
        running,
        waiting,
        maxNumSeqs,
        preemptions,
        blockSize,
        prefixHits,
        prefixQueries);
  }

  /// This, and where it is silent on how large the engine is, what the other says of that. What
  /// changes from moment to moment is never taken from another moment.
  public Telemetry withSizesOf(Telemetry other) {
    return new Telemetry(
        asked,
        answered,
        kvUsage,
        first(kvCapacityTokens, other.kvCapacityTokens),
        running,
        waiting,
        first(maxNumSeqs, other.maxNumSeqs),
        preemptions,
        first(blockSize, other.blockSize),
        prefixHits,
        prefixQueries);
  }

  private static OptionalLong first(OptionalLong one, OptionalLong other) {
    return one.isPresent() ? one : other;
  }
}
