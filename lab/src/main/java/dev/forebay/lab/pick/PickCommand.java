package dev.forebay.lab.pick;

import dev.forebay.lab.terminal.Terminal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lab pick`: what it costs to find room.
@Command(
    name = "pick",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what it costs to find room for a call among 64 replicas that run 64 sequences each.",
      ""
    },
    footer = {"", "Example: ./forebay lab pick --forks 3 --seconds 10"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class PickCommand implements Callable<Integer> {
  /// Microseconds at most.
  private record Bar(String benchmark, double most) {}

  private static final List<Bar> BARS =
      List.of(new Bar("reserveAndRelease", 2), new Bar("pick", 25));

  @Mixin private Terminal terminal;

  @Option(names = "--forks", paramLabel = "N", description = "JVMs (default: 3).")
  private int forks = 3;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Of warm-up, and of measuring, in each (default: 10).")
  private int seconds = 10;

  @Override
  public Integer call() throws RunnerException {
    terminal.within("--forks", forks, 1, 100);
    terminal.within("--seconds", seconds, 1, 3_600);
    var options =
        new OptionsBuilder()
            .include(PickBenchmark.class.getName())
            .forks(forks)
            .warmupIterations(seconds)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(seconds)
            .measurementTime(TimeValue.seconds(1))
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    terminal.say("| | no room left | µs ± 99.9 % | bar | |");
    terminal.say("|---|---|---|---|---|");
    boolean passed = results.stream().map(this::row).reduce(true, Boolean::logicalAnd);
    return passed ? 0 : 1;
  }

  private boolean row(RunResult result) {
    String name = result.getPrimaryResult().getLabel();
    double micros = result.getPrimaryResult().getScore();
    double most =
        BARS.stream()
            .filter(bar -> bar.benchmark.equals(name))
            .mapToDouble(Bar::most)
            .findFirst()
            .orElseThrow();
    boolean met = micros <= most;
    terminal.say(
        String.format(
            Locale.ROOT,
            "| %s | %s | %.2f ± %.2f | %.0f | %s |",
            name,
            result.getParams().getParam("full"),
            micros,
            result.getPrimaryResult().getScoreError(),
            most,
            met ? "PASS" : "FAILED"));
    return met;
  }
}
