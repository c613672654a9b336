package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lab fairness`: the law that tenants who wait are served alike, run by run.
@Command(
    name = "fairness",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Looks whether tenants who wait are served alike, in random crowds and in ServeGen's tenants.",
      "",
      "In any stretch of time in which two tenants of a class wait all the time, what they are"
          + " served may differ by twice what one of them has under way at most. Where engines remember"
          + " how prompts begin, who was read before may be 4,096 work units ahead of its turn, and"
          + " it is twice that more. Engines, clients and time are simulated; what decides is real.",
      ""
    },
    footer = {
      "",
      "ServeGen's tenants are read from $FOREBAY_DATA/traces and left out where that is not set.",
      "",
      "Example: ./forebay lab fairness --runs 200"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class FairnessCommand implements Callable<Integer> {
  private static final double SHARED = 0.3;
  private static final int BEGINNINGS = 3;
  private static final List<Integer> LOADS = List.of(2, 5, 10);

  @Mixin private Terminal terminal;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Random crowds of each kind (default: 200).")
  private int runs = 200;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Virtual seconds of each (default: 120).")
  private int seconds = 120;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Runs of ServeGen's tenants at each load (default: 5).")
  private int seeds = 5;

  private boolean held = true;

  @Override
  public Integer call() throws IOException {
    terminal.within("--runs", runs, 1, 1_000_000);
    terminal.within("--seconds", seconds, 1, 1_000_000);
    terminal.within("--seeds", seeds, 1, 1_000);
    terminal.say(
        "| tenants | runs | of them | law | widest difference | of its bound | shared | Jain |");
    terminal.say("|---|---|---|---|---|---|---|---|");
    Duration length = Duration.ofSeconds(seconds);
    row("random crowds", runs, seed -> Fairness.ofCrowd(seed, length, 0));
    row("whose prompts begin alike", runs, seed -> Fairness.ofCrowd(seed, length, BEGINNINGS));
    String data = System.getenv("FOREBAY_DATA");
    if (data == null) {
      terminal.say("ServeGen's tenants are left out: FOREBAY_DATA is not set");
    } else {
      serveGen(Workloads.SERVEGEN.scenario(Path.of(data).resolve("traces")));
    }
    return held ? 0 : 1;
  }

  private void serveGen(Scenario scenario) {
    double capacity = new Capacity(scenario, _ -> {}).find();
    for (int load : LOADS) {
      var over = scenario.with(new Pace.Flat(load * capacity));
      row("ServeGen at " + load + "x", seeds, seed -> Fairness.of(over, seed));
    }
  }

  private void row(String name, int count, LongFunction<Fairness> run) {
    List<Fairness> all = LongStream.rangeClosed(1, count).parallel().mapToObj(run).toList();
    Fairness closest =
        all.stream().max(Comparator.comparingDouble(f -> f.widest() / f.bound())).orElseThrow();
    long broken = all.stream().filter(fairness -> !fairness.holds()).count();
    double shared = all.stream().mapToDouble(Fairness::shared).average().orElseThrow();
    var jain =
        all.stream().mapToDouble(Fairness::jain).filter(Double::isFinite).summaryStatistics();
    var tenants = all.stream().mapToInt(Fairness::tenants).summaryStatistics();
    held &= broken == 0 && shared >= SHARED;
    terminal.say(
        String.format(
            Locale.ROOT,
            "| %s | %d | %d to %d | %s | %.0f | %.0f %% of %.0f | %.0f %%%s | %s |",
            name,
            count,
            tenants.getMin(),
            tenants.getMax(),
            broken == 0 ? "holds" : "BROKEN in " + broken,
            closest.widest(),
            100 * closest.widest() / closest.bound(),
            closest.bound(),
            100 * shared,
            shared >= SHARED ? "" : ": too little",
            jain.getCount() == 0
                ? "-"
                : String.format(
                    Locale.ROOT, "%.3f, least %.3f", jain.getAverage(), jain.getMin())));
  }
}
