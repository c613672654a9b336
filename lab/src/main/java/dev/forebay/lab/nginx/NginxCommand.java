package dev.forebay.lab.nginx;

import dev.forebay.lab.nginx.Replay.Result;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows that a limit means what it means to nginx.
@Command(
    name = "nginx",
    mixinStandardHelpOptions = true,
    description =
        "Asks a real nginx and Forebay's limits the same, half of them with delay=, and compares"
            + " each decision and how long each request is held. Passed if all agree that are not"
            + " within 5 ms of nginx's threshold, and those are 95 in 100.")
public final class NginxCommand implements Callable<Integer> {
  @Option(names = "--traces", defaultValue = "300", description = "Default: ${DEFAULT-VALUE}")
  int traces;

  @Option(
      names = "--at-once",
      defaultValue = "30",
      description = "Traces that run at the same time. Default: ${DEFAULT-VALUE}")
  int atOnce;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      description = "Length of a trace. Default: ${DEFAULT-VALUE}")
  double seconds;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
  long seed;

  @Override
  public Integer call() throws Exception {
    Result result = new NginxRun(traces, atOnce, seconds, seed).run();
    System.out.printf(
        "%d traces, %d requests: nginx passed %d, held %d of them, and refused %d%n",
        traces,
        result.decided(),
        result.passed(),
        result.held(),
        result.decided() - result.passed());
    System.out.printf(
        "%d (%.1f %%) too near the threshold to tell, %d decided otherwise by Forebay%n",
        result.open(), 100.0 * result.open() / Math.max(1, result.decided()), result.differ());
    // A run in which hardly anything could be told shows nothing.
    boolean told = result.decided() > 0 && result.open() * 20 <= result.decided();
    boolean passed = told && result.differ() == 0;
    System.out.println(passed ? "passed" : told ? "FAILED" : "VOID: this machine is too slow");
    return passed ? 0 : told ? 1 : 3;
  }
}
