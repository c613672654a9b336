package dev.forebay.lab.chaos;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows how soon an engine learns that its caller has left.
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = "Hangs up on streams in the middle and measures how soon the engine stops.")
public final class CancelCommand implements Callable<Integer> {
  @Option(names = "--calls", defaultValue = "1100", description = "Default: ${DEFAULT-VALUE}")
  int calls;

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "Streams begun each second. Default: ${DEFAULT-VALUE}")
  double rate;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
  long seed;

  @Override
  public Integer call() throws Exception {
    CancelRun.Result result = new CancelRun(calls, rate, seed).run();
    System.out.printf(
        "%d streams left by their callers, %d of which the engine never learnt%n",
        result.cancelled(), result.unheard());
    System.out.printf(
        "until the engine stopped: p50 %.2f ms, p99 %.2f ms, most %.2f ms%n",
        result.untilAbort().getValueAtPercentile(50) / 1e6,
        result.untilAbort().getValueAtPercentile(99) / 1e6,
        result.untilAbort().getMaxValue() / 1e6);
    System.out.printf("held afterwards: %s%n", result.holding());
    System.out.println(result.passed() ? "passed" : "FAILED");
    return result.passed() ? 0 : 1;
  }
}
