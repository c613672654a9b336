package dev.forebay.lab.chaos;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows what callers see of a gateway that is told to stop.
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = "Sends SIGTERM to a gateway process under streams, and counts those cut early.")
public final class DrainCommand implements Callable<Integer> {
  @Option(names = "--streams", defaultValue = "500", description = "Default: ${DEFAULT-VALUE}")
  int streams;

  @Option(
      names = "--grace",
      defaultValue = "10",
      description = "Seconds that the gateway gives to calls under way. Default: ${DEFAULT-VALUE}")
  int grace;

  @Override
  public Integer call() throws Exception {
    System.out.printf("%d streams, SIGTERM, %d s of grace ...%n", streams, grace);
    DrainRun.Result result = new DrainRun(streams, Duration.ofSeconds(grace)).run();
    System.out.printf("ended by themselves              %d%n", result.ended());
    System.out.printf("cut before the grace period      %d%n", result.cutEarly());
    System.out.printf("ended after it, and told so      %d%n", result.told());
    System.out.printf("ended without a word             %d%n", result.silent());
    System.out.printf("new connections refused          %s%n", result.refused() ? "yes" : "no");
    System.out.printf("from the signal to the exit      %.2f s%n", result.exit().toMillis() / 1e3);
    result.odd().stream().limit(5).forEach(System.out::println);
    System.out.println(result.passed() ? "passed" : "FAILED");
    return result.passed() ? 0 : 1;
  }
}
