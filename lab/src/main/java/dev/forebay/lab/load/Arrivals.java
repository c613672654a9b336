package dev.forebay.lab.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Draws every call of a run before the run begins, so that a slow server cannot slow the offer.
///
/// The same seed gives the same list; two arms of a comparison are offered the same calls.
public final class Arrivals {
  /// Most calls of one run; the list is held in memory.
  public static final int MOST = 5_000_000;

  private Arrivals() {}

  /// Calls at distances of law `gap` and at the rate of `pace`, for `length`.
  public static List<Arrival> draw(Gap gap, Pace pace, Duration length, Mix mix, long seed) {
    checkLength(length);
    var times = random(seed);
    var contents = random(seed ^ 0x5DEECE66DL);
    var arrivals = new ArrayList<Arrival>();
    double count = 0;
    while (true) {
      count += gap.next(times);
      double second = pace.secondOf(count);
      if (!(second * 1e9 < length.toNanos())) {
        return List.copyOf(arrivals);
      }
      checkCount(arrivals.size());
      arrivals.add(mix.arrival(arrivals.size(), (long) (second * 1e9), contents));
    }
  }

  /// The calls of a trace, played `compress` times faster, for at most `length` of playing time.
  /// Lengths and shared prefixes are the trace's; the mix adds what the trace does not say.
  public static List<Arrival> replay(
      List<TraceRow> trace, double compress, Duration length, Mix mix, long seed) {
    if (!(compress > 0 && compress <= 1_000_000)) {
      throw new IllegalArgumentException("compress must be > 0 and <= 1000000, was " + compress);
    }
    checkLength(length);
    var contents = random(seed ^ 0x5DEECE66DL);
    var arrivals = new ArrayList<Arrival>();
    for (var row : trace) {
      long at = (long) (row.atNanos() / compress);
      if (at >= length.toNanos()) {
        break;
      }
      checkCount(arrivals.size());
      arrivals.add(
          mix.arrival(
              arrivals.size(), at, row.promptTokens(), row.outputTokens(), row.blocks(), contents));
    }
    return List.copyOf(arrivals);
  }

  private static void checkLength(Duration length) {
    if (!length.isPositive() || length.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException("length must be > 0s and <= 7 days, was " + length);
    }
  }

  private static void checkCount(int count) {
    if (count >= MOST) {
      throw new IllegalArgumentException("a run holds at most " + MOST + " calls");
    }
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
