package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Story;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Who got a good answer, and when.
///
/// @param overTime good answers a second, by stretches of five seconds in which their users asked
/// @param byPrompt share of the intents that got one, by quarters of prompt length, shortest first
/// @param longestToBest the share of the tenth with the longest prompts, of that of the tenth with
///   the highest; NaN if nobody got one
/// @param leastTenant share of the intents of the tenant that was served worst
/// @param mostTenant and of the one that was served best
public record Served(
    List<Double> overTime,
    List<Double> byPrompt,
    double longestToBest,
    double leastTenant,
    double mostTenant) {
  static final int STRETCH_SECONDS = 5;
  private static final int QUARTERS = 4;
  private static final int TENTHS = 10;

  /// A tenant that asks less often says nothing.
  private static final int FEWEST = 20;

  /// @param judged the stories that count
  static Served of(Ran ran, List<Story> judged) {
    Slo slo = ran.scenario().slo();
    Predicate<Story> good = story -> story.good(slo);
    List<Double> tenants =
        judged.stream()
            .collect(Collectors.groupingBy(story -> story.intent().tenant()))
            .values()
            .stream()
            .filter(own -> own.size() >= FEWEST)
            .map(own -> share(own, good))
            .sorted()
            .toList();
    return new Served(
        overTime(ran, good),
        byPrompt(judged, good, QUARTERS),
        longestToBest(byPrompt(judged, good, TENTHS)),
        tenants.isEmpty() ? Double.NaN : tenants.getFirst(),
        tenants.isEmpty() ? Double.NaN : tenants.getLast());
  }

  private static List<Double> overTime(Ran ran, Predicate<Story> good) {
    long stretch = TimeUnit.SECONDS.toNanos(STRETCH_SECONDS);
    int[] counts = new int[(int) Math.ceilDiv(ran.scenario().length().toNanos(), stretch)];
    ran.stories().stream()
        .filter(good)
        .forEach(story -> counts[(int) (story.intent().atNanos() / stretch)]++);
    return IntStream.of(counts).mapToObj(count -> (double) count / STRETCH_SECONDS).toList();
  }

  private static List<Double> byPrompt(List<Story> judged, Predicate<Story> good, int parts) {
    List<Story> sorted =
        judged.stream()
            .sorted(Comparator.comparingInt(story -> story.intent().promptTokens()))
            .toList();
    int n = sorted.size();
    return IntStream.range(0, parts)
        .mapToObj(i -> share(sorted.subList(i * n / parts, (i + 1) * n / parts), good))
        .toList();
  }

  private static double longestToBest(List<Double> byPrompt) {
    double best = Collections.max(byPrompt);
    return best == 0 ? Double.NaN : byPrompt.getLast() / best;
  }

  private static double share(List<Story> stories, Predicate<Story> good) {
    return (double) stories.stream().filter(good).count() / Math.max(1, stories.size());
  }
}
