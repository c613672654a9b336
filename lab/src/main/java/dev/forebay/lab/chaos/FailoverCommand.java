package dev.forebay.lab.chaos;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows what callers see of a replica's death.
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description =
        "Kills one of three replicas under load, lets it return, and counts failed calls.")
public final class FailoverCommand implements Callable<Integer> {
  @Option(
      names = "--rate",
      defaultValue = "60",
      description = "Streams begun each second. Default: ${DEFAULT-VALUE}")
  double rate;

  @Option(
      names = "--seconds",
      defaultValue = "24",
      description = "Length of the run. Default: ${DEFAULT-VALUE}")
  int seconds;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
  long seed;

  @Override
  public Integer call() throws Exception {
    System.out.printf("%d s at %.0f streams a second, seed %d ...%n", seconds, rate, seed);
    FailoverRun.Result result = new FailoverRun(rate, Duration.ofSeconds(seconds), seed).run();
    System.out.println(result.report().table());
    System.out.printf("failed without content      %d%n", result.failedWithoutContent());
    System.out.printf("cut after content           %d%n", result.cutAfterContent());
    System.out.printf("failed over                 %d%n", result.report().failedOver());
    System.out.printf("sent to the dead replica later than 500 ms  %d%n", result.lateFailovers());
    System.out.printf(
        "its share, first second back %.2f, in the end %.2f%n",
        result.shareOnReturn(), result.shareInTheEnd());
    System.out.println(result.passed() ? "passed" : "FAILED");
    return result.passed() ? 0 : 1;
  }
}
