package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Story;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one run is worth. Intents of the warm-up do not count, other than in tries and preemptions.
///
/// @param offered intents a second
/// @param goodCalls answers within the service level a second
/// @param goodTokens their tokens a second
/// @param clientTries calls that clients made for an intent
/// @param upstreamTries attempts that reached an engine, for an intent
/// @param preemptions in all
/// @param firstP50 nanoseconds from intended start to first content, of those that got any
/// @param firstP99 the same
/// @param refusedP99 nanoseconds that a refusal takes; NaN where there was none
/// @param added to the time to the first content, beside what it is with no gate at all
/// @param queued how long those that got content waited in a queue first
/// @param served who got the good answers
public record Score(
    double offered,
    double goodCalls,
    double goodTokens,
    double clientTries,
    double upstreamTries,
    double preemptions,
    double firstP50,
    double firstP99,
    double refusedP99,
    Added added,
    Queued queued,
    Served served) {

  /// What added to the time to the first token is not known.
  public static Score of(Ran ran) {
    return of(ran, null);
  }

  /// @param without the same arrivals with no gate
  static Score of(Ran ran, @Nullable Ran without) {
    Slo slo = ran.scenario().slo();
    long from = ran.scenario().warmUp().toNanos();
    double seconds = (ran.scenario().length().toNanos() - from) / 1e9;
    List<Story> stories = ran.stories();
    List<Story> judged =
        stories.stream().filter(story -> story.intent().atNanos() >= from).toList();
    List<Story> good = judged.stream().filter(story -> story.good(slo)).toList();
    long[] first =
        judged.stream()
            .mapToLong(Story::firstNanos)
            .filter(nanos -> nanos != Story.NEVER)
            .sorted()
            .toArray();
    return new Score(
        judged.size() / seconds,
        good.size() / seconds,
        good.stream().mapToInt(Story::tokens).sum() / seconds,
        stories.stream().mapToInt(Story::tries).average().orElse(0),
        (double) ran.asked() / Math.max(1, stories.size()),
        ran.preemptions(),
        quantile(first, 0.5),
        quantile(first, 0.99),
        p99(ran.refusals()),
        without == null ? Added.UNKNOWN : Added.of(judged, without),
        Queued.of(ran.queued()),
        Served.of(ran, judged));
  }

  /// Share of the intents that got a good answer.
  public double attained() {
    return offered == 0 ? 1 : goodCalls / offered;
  }

  /// NaN of nothing.
  public static double p99(Histogram values) {
    return values.getTotalCount() == 0 ? Double.NaN : values.getValueAtPercentile(99);
  }

  static double quantile(long[] sorted, double share) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (share * (sorted.length - 1))];
  }
}
