package dev.forebay.lab.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What every round measured, as Markdown.
final class CostTable {
  private final Map<Scenario, Map<String, List<Sample>>> samples = new EnumMap<>(Scenario.class);

  void add(Scenario scenario, String proxy, Sample sample) {
    samples
        .computeIfAbsent(scenario, _ -> new LinkedHashMap<>())
        .computeIfAbsent(proxy, _ -> new ArrayList<>())
        .add(sample);
  }

  boolean failures() {
    return samples.values().stream()
        .flatMap(proxies -> proxies.values().stream())
        .flatMap(List::stream)
        .anyMatch(sample -> sample.failed() > 0 || sample.count() == 0);
  }

  /// @param reference the proxy that the others are compared with
  String markdown(String reference) {
    var out = new StringBuilder();
    out.append("| scenario | proxy | CPU µs each, by round | median | per second | of its core |");
    out.append(" failed | ratio to %s |%n|---|---|---|---|---|---|---|---|%n".formatted(reference));
    samples.forEach((scenario, proxies) ->
        proxies.forEach((proxy, rounds) -> {
          List<Sample> of = proxies.get(reference);
          out.append(row(scenario, proxy, rounds, of));
        }));
    return out.toString();
  }

  private static String row(
      Scenario scenario, String proxy, List<Sample> rounds, @Nullable List<Sample> reference) {
    double cost = median(rounds.stream().map(Sample::microsEach).toList());
    String ratio =
        reference == null
            ? "-"
            : String.format(
                Locale.ROOT,
                "%.2f",
                cost / median(reference.stream().map(Sample::microsEach).toList()));
    return String.format(
        Locale.ROOT,
        "| %s, per %s | %s | %s | **%.2f** | %.0f | %.0f %% | %d | %s |%n",
        scenario.name().toLowerCase(Locale.ROOT),
        scenario.unit(),
        proxy,
        rounds.stream()
            .map(r -> String.format(Locale.ROOT, "%.2f", r.microsEach()))
            .collect(Collectors.joining(" ")),
        cost,
        median(rounds.stream().map(Sample::perSecond).toList()),
        100 * median(rounds.stream().map(Sample::busy).toList()),
        rounds.stream().mapToLong(Sample::failed).sum(),
        ratio);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
