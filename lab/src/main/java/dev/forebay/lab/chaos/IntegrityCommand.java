package dev.forebay.lab.chaos;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows that what engines say arrives unchanged.
@Command(
    name = "integrity",
    mixinStandardHelpOptions = true,
    description =
        "Streams through the gateway under random chunking, faults and cancellations, and compares"
            + " every delta with what the engine gave.")
public final class IntegrityCommand implements Callable<Integer> {
  @Option(names = "--streams", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}")
  int streams;

  @Option(
      names = "--rate",
      defaultValue = "120",
      description = "Streams begun each second. Default: ${DEFAULT-VALUE}")
  double rate;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
  long seed;

  @Override
  public Integer call() throws Exception {
    System.out.printf("%d calls, %.0f a second, seed %d ...%n", streams, rate, seed);
    IntegrityRun.Result result = new IntegrityRun(streams, rate, seed).run();
    System.out.println(result.report().table());
    System.out.printf("texts compared        %d%n", result.compared());
    System.out.printf("texts changed         %d %s%n", result.changed().size(), result.changed());
    System.out.printf("held afterwards       %s%n", result.holding());
    System.out.printf("buffers leaked        %d%n", result.leaks().size());
    result.leaks().stream().limit(3).forEach(System.out::println);
    System.out.println(result.passed() ? "passed" : "FAILED");
    return result.passed() ? 0 : 1;
  }
}
