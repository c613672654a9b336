package dev.forebay.lab.bench;

import dev.forebay.lab.bench.proxy.Forebay;
import dev.forebay.lab.bench.proxy.Nginx;
import dev.forebay.lab.bench.scenario.Bar;
import dev.forebay.lab.bench.scenario.Figure;
import dev.forebay.lab.bench.scenario.Sample;
import dev.forebay.lab.bench.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was measured of one scenario. For one thread.
final class Results {
  private final Scenario scenario;
  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
  private final Map<String, Integer> voided = new LinkedHashMap<>();
  private final Set<String> leftOut = new HashSet<>();
  private final List<String> notes = new ArrayList<>();

  Results(Scenario scenario) {
    this.scenario = scenario;
  }

  void add(String proxy, Turn turn) {
    turn.sample().ifPresent(sample -> add(proxy, sample));
    voided.merge(proxy, turn.voided(), Integer::sum);
  }

  void add(String proxy, Sample sample) {
    samples.computeIfAbsent(proxy, _ -> new ArrayList<>()).add(sample);
  }

  /// The proxy cannot do this.
  void leaveOut(String proxy, String why) {
    leftOut.add(proxy);
    note(proxy + " is left out: " + why);
  }

  /// Something that readers must know of the figures.
  void note(String text) {
    notes.add(text);
  }

  Scenario scenario() {
    return scenario;
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  /// Proxies with at least one round that counts.
  List<String> proxies() {
    return List.copyOf(samples.keySet());
  }

  List<Double> values(String proxy, Figure figure) {
    return samples.getOrDefault(proxy, List.of()).stream()
        .map(sample -> sample.of(figure))
        .toList();
  }

  /// Not a number where the proxy has no round that counts.
  double median(String proxy, Figure figure) {
    List<Double> sorted = values(proxy, figure).stream().sorted().toList();
    int n = sorted.size();
    return n == 0 ? Double.NaN : (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  double reference(Figure figure) {
    return median(Nginx.NAME, figure);
  }

  long failed(String proxy) {
    return samples.getOrDefault(proxy, List.of()).stream().mapToLong(Sample::failed).sum();
  }

  int voided(String proxy) {
    return voided.getOrDefault(proxy, 0);
  }

  /// Whether Forebay failed calls or could not do it; what another failed stands in its row.
  boolean broken() {
    return failed(Forebay.NAME) > 0 || leftOut.contains(Forebay.NAME);
  }

  /// Whether a proxy's every round was void.
  boolean empty() {
    return voided.keySet().stream().anyMatch(this::gaveUp);
  }

  List<Judgement> judgements() {
    return scenario.bars().stream().map(this::judge).toList();
  }

  private boolean gaveUp(String proxy) {
    return voided(proxy) > 0 && !samples.containsKey(proxy);
  }

  private Judgement judge(Bar bar) {
    double value = median(Forebay.NAME, bar.figure());
    double reference = reference(bar.figure());
    if (Double.isNaN(value) || Double.isNaN(bar.limit(reference))) {
      return new Judgement(bar, Judgement.Word.UNKNOWN, "not measured");
    }
    return new Judgement(
        bar,
        bar.kept(value, reference) ? Judgement.Word.PASS : Judgement.Word.MISS,
        bar.measured(value, reference));
  }

  /// How Forebay stands to a bar.
  ///
  /// @param measured as the bar puts it
  record Judgement(Bar bar, Word word, String measured) {
    /// The judgement in a word.
    enum Word {
      PASS,
      MISS,
      UNKNOWN
    }

    String words() {
      return "%s: %s (%s)".formatted(bar.figure().title(), measured, bar.words());
    }
  }
}
