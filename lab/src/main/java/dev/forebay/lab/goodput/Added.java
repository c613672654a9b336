package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Story;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// How much later than with no gate at all first tokens come, intent by intent: a wait here that
/// only replaces one in the engine adds nothing. Negative where they come earlier.
///
/// @param p50 nanoseconds, of the intents that got any both times
/// @param p99 the same
public record Added(double p50, double p99) {
  public static final Added UNKNOWN = new Added(Double.NaN, Double.NaN);

  /// @param judged the stories that count
  /// @param without the same arrivals with no gate
  static Added of(List<Story> judged, Ran without) {
    Map<Integer, Long> before = new HashMap<>();
    for (Story story : without.stories()) {
      before.put(story.intent().number(), story.firstNanos());
    }
    LongStream.Builder added = LongStream.builder();
    for (Story story : judged) {
      long other = before.getOrDefault(story.intent().number(), Story.NEVER);
      if (story.firstNanos() != Story.NEVER && other != Story.NEVER) {
        added.add(story.firstNanos() - other);
      }
    }
    long[] sorted = added.build().sorted().toArray();
    return new Added(Score.quantile(sorted, 0.5), Score.quantile(sorted, 0.99));
  }
}
