package dev.forebay.lab.chaos;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows what callers notice of a change of configuration: nothing.
@Command(
    name = "reload",
    mixinStandardHelpOptions = true,
    description =
        "Changes the configuration under load and while callers wait in a queue: replicas come, leave"
            + " and come back, keys and bounds change, every fifth file is broken.")
public final class ReloadCommand implements Callable<Integer> {
  @Option(names = "--reloads", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}")
  int reloads;

  @Option(
      names = "--rate",
      defaultValue = "60",
      description = "Calls begun each second, half of them streams. Default: ${DEFAULT-VALUE}")
  double rate;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Length of the run. Default: ${DEFAULT-VALUE}")
  int seconds;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
  long seed;

  @Override
  public Integer call() throws Exception {
    System.out.printf(
        "%d reloads in %d s at %.0f calls a second, seed %d ...%n", reloads, seconds, rate, seed);
    ReloadRun.Result result = new ReloadRun(reloads, rate, Duration.ofSeconds(seconds), seed).run();
    System.out.println(ReloadRun.Result.heading());
    System.out.println(result.line());
    result.failed().forEach(failed -> System.out.println("failed: " + failed));
    result.waiters().failed().forEach(failed -> System.out.println("failed: " + failed));
    result.waiters().notOnce().forEach(id -> System.out.println("not answered once: " + id));
    result.wrong().forEach(wrong -> System.out.println("wrong: " + wrong));
    System.out.printf(
        "served by %s; held afterwards: %s%n", result.report().replicas(), result.holding());
    System.out.println(result.passed() ? "passed" : "FAILED");
    return result.passed() ? 0 : 1;
  }
}
