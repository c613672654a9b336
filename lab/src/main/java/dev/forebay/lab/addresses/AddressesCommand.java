package dev.forebay.lab.addresses;

import dev.forebay.lab.addresses.AddressesRun.Result;
import dev.forebay.lab.report.Table;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows what a million addresses cost.
@Command(
    name = "addresses",
    mixinStandardHelpOptions = true,
    description =
        "Calls for very many distinct addresses, as a trusted proxy tells them, of a gateway that"
            + " limits each by itself; and asks what memory that takes: live heap after a full"
            + " collection, and buffers. Passed if it is 256 MiB at most, and of the first 10,000"
            + " addresses 99 in 100 are still known and refused.")
public final class AddressesCommand implements Callable<Integer> {
  @Option(
      names = "--addresses",
      defaultValue = "1000000",
      description = "Default: ${DEFAULT-VALUE}")
  int addresses;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "Time in which all of them call. Default: ${DEFAULT-VALUE}")
  int seconds;

  @Override
  public Integer call() throws Exception {
    System.out.printf("%d addresses in %d s ...%n", addresses, seconds);
    Result result = new AddressesRun(addresses, seconds).run();
    System.out.println(
        new Table("addresses", "took, s", "passed", "known again", "MiB before", "MiB after")
            .row(
                Integer.toString(addresses),
                "%.1f".formatted(result.took() / 1e9),
                Long.toString(result.passed()),
                "%d of %d".formatted(result.known(), result.asked()),
                "%.1f".formatted(result.before() / 1048576.0),
                "%.1f".formatted(result.after() / 1048576.0))
            .markdown());
    System.out.println(result.passedBar() ? "passed" : "FAILED");
    return result.passedBar() ? 0 : 1;
  }
}
