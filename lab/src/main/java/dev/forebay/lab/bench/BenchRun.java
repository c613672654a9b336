package dev.forebay.lab.bench;

import dev.forebay.lab.bench.proxy.Certificate;
import dev.forebay.lab.bench.proxy.Proxy;
import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.bench.scenario.Sample;
import dev.forebay.lab.bench.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Measures scenario after scenario. In each the proxies take turns, so that what the machine does
/// to one it does to the other: trust the ratio, not the microseconds.
final class BenchRun {
  private final Plan plan;
  private final Children children;
  private final Path folder;
  private final Progress progress;

  /// @param folder for configurations and logs of the proxies
  BenchRun(Plan plan, Children children, Path folder, Consumer<String> out) {
    this.plan = plan;
    this.children = children;
    this.folder = folder;
    this.progress = new Progress(plan.whole(), System::nanoTime, out);
  }

  List<Results> run() throws IOException, InterruptedException {
    Child load = Stand.load(children);
    List<Results> all = new ArrayList<>();
    for (Scenario scenario : plan.scenarios()) {
      Results results = new Results(scenario);
      List<Stand> stands = new ArrayList<>();
      try {
        start(scenario, results, stands);
        warmUp(scenario, results, stands, load);
        measure(scenario, results, stands, load);
      } finally {
        stands.forEach(Stand::close);
      }
      all.add(results);
    }
    return List.copyOf(all);
  }

  private void start(Scenario scenario, Results results, List<Stand> stands)
      throws IOException, InterruptedException {
    Path own = Files.createDirectories(folder.resolve(scenario.name()));
    Certificate certificate = scenario.wires().contains(Wire.TLS) ? Certificate.make(own) : null;
    for (Proxy proxy : plan.proxies(scenario)) {
      try {
        stands.add(Stand.start(children, plan, scenario, proxy, own, certificate));
        if (proxy.share() < 1 && plan.offers(scenario)) {
          results.note(
              "%s is given %.0f %% of the load".formatted(proxy.name(), 100 * proxy.share()));
        }
      } catch (IOException e) {
        leaveOut(scenario, results, proxy.name(), String.valueOf(e.getMessage()));
      }
    }
  }

  private void warmUp(Scenario scenario, Results results, List<Stand> stands, Child load)
      throws IOException {
    for (Stand stand : List.copyOf(stands)) {
      progress.say("%s: warming up %s".formatted(scenario, stand.name()));
      Sample sample = stand.warmUp(load);
      progress.step(plan.warmUp());
      boolean itsOwnFault = sample.done() == 0 || sample.voidReason().isEmpty();
      if (!sample.clean() && itsOwnFault) {
        stands.remove(stand);
        stand.close();
        leaveOut(
            scenario,
            results,
            stand.name(),
            "%d calls failed and %d came through as it was warmed up"
                .formatted(sample.failed(), sample.done()));
      }
    }
  }

  private void measure(Scenario scenario, Results results, List<Stand> stands, Child load)
      throws IOException, InterruptedException {
    int rounds = plan.rounds(scenario);
    for (int round = 1; round <= rounds; round++) {
      for (Stand stand : stands) {
        String what = "%s round %d of %d, %s: ".formatted(scenario, round, rounds, stand.name());
        Turn turn = Turn.of(() -> stand.measure(load), reason -> progress.say(what + reason));
        progress.step(plan.turn(scenario));
        turn.sample().ifPresent(sample -> progress.say(what + text(scenario, sample)));
        results.add(stand.name(), turn);
      }
    }
  }

  private void leaveOut(Scenario scenario, Results results, String proxy, String why) {
    results.leaveOut(proxy, why);
    progress.say("%s: %s is left out: %s".formatted(scenario, proxy, why));
    progress.step(plan.turn(scenario).multipliedBy(plan.rounds(scenario)));
  }

  private static String text(Scenario scenario, Sample sample) {
    return scenario.figures().stream()
            .map(figure -> "%s %s".formatted(figure.text(sample.of(figure)), figure.unit()).strip())
            .collect(Collectors.joining(", "))
        + (sample.failed() > 0 ? ", %d FAILED".formatted(sample.failed()) : "");
  }
}
