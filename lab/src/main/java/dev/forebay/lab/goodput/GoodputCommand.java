package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.ClientConfig;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lab goodput`: the simulator's contest.
@Command(
    name = "goodput",
    mixinStandardHelpOptions = true,
    modelTransformer = Explained.class,
    sortOptions = false,
    description = {
      "Counts the answers that come in time under overload, by who decides which calls go.",
      "",
      "Engines, clients and time are simulated; what decides is real. The same from the same"
          + " arguments, bit for bit.",
      ""
    },
    footer = {
      "",
      "AZURE_CONV, AZURE_CODE, MOONCAKE and SERVEGEN are recorded, and read from"
          + " $FOREBAY_DATA/traces; --full leaves them out where that is not set.",
      "",
      "Example: ./forebay lab goodput --policies pass-through,kv-rule --report target/goodput"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class GoodputCommand implements Callable<Integer> {
  private static final List<Double> FULL_LOADS = List.of(0.5, 0.8, 1.0, 2.0, 5.0, 10.0);
  private static final int FULL_SEEDS = 5;

  @Mixin private Terminal terminal;

  @Option(
      names = "--workload",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES}; may be repeated (default: SYNTHETIC).")
  private List<Workloads> workloads = List.of(Workloads.SYNTHETIC);

  @Option(
      names = "--loads",
      split = ",",
      paramLabel = "N",
      description = "Times the capacity (default: 0.5,1,2,10).")
  private List<Double> loads = List.of(0.5, 1.0, 2.0, 10.0);

  @Option(names = "--seeds", paramLabel = "N", description = "Runs of each (default: 3).")
  private int seeds = 3;

  @Option(
      names = "--policies",
      split = ",",
      paramLabel = "NAME",
      description = "Who takes part, as listed below; may be repeated (default: all).")
  private List<String> policies = List.of();

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description = "Engines that share the load (default: 1).")
  private int replicas = 1;

  @Option(
      names = "--client-retries",
      paramLabel = "N",
      description = "Tries of a client after its first (default: 2, as stock SDKs).")
  private int clientRetries = 2;

  @Option(
      names = "--prefix-cache",
      description = "Engines remember the beginnings of prompts, which MOONCAKE tells.")
  private boolean prefixCache;

  @Option(
      names = "--full",
      description = "All workloads at 0.5x to 10x from five seeds: some minutes.")
  private boolean full;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write every figure there.")
  private @Nullable Path json;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Also write every figure of every load there: goodput.html, with charts, and goodput.md.")
  private @Nullable Path report;

  private final @Nullable String data;

  public GoodputCommand() {
    this(System.getenv("FOREBAY_DATA"));
  }

  /// @param data the folder of recordings
  GoodputCommand(@Nullable String data) {
    this.data = data;
  }

  @Override
  public Integer call() throws IOException {
    check();
    if (full) {
      workloads = List.of(Workloads.values());
      loads = FULL_LOADS;
      seeds = FULL_SEEDS;
    }
    List<Result> results = new ArrayList<>();
    for (Scenario scenario : scenarios()) {
      results.add(new Contest(scenario, loads, seeds, policies, terminal::say).hold());
    }
    show(new GoodputReport(terminal.typed(), results));
    return 0;
  }

  /// All of them, before any is run, so that what cannot be read is told at once.
  private List<Scenario> scenarios() throws IOException {
    List<Scenario> scenarios = new ArrayList<>();
    for (Workloads workload : workloads) {
      if (data != null || !workload.recorded()) {
        scenarios.add(scenario(workload));
      } else if (full) {
        terminal.say(workload.label() + " is left out: FOREBAY_DATA is not set");
      } else {
        throw new IOException(
            workload + " is recorded: set FOREBAY_DATA to the folder that has its file in traces/");
      }
    }
    return scenarios;
  }

  private Scenario scenario(Workloads workload) throws IOException {
    var scenario =
        workload
            .scenario(Path.of(data == null ? "" : data, "traces"))
            .withReplicas(replicas)
            .with(ClientConfig.STOCK.withRetries(clientRetries));
    return prefixCache ? scenario.with(scenario.engine().withPrefixCache()) : scenario;
  }

  private void check() {
    List<String> known = Entrants.all(1).stream().map(Entrant::name).toList();
    for (String policy : policies) {
      terminal.require(
          known.contains(policy), "--policies must be of " + known + ", was " + policy);
    }
    terminal.within("--seeds", seeds, 1, 1_000);
    terminal.within("--replicas", replicas, 1, 100);
    terminal.within("--client-retries", clientRetries, 0, 100);
    for (double load : loads) {
      terminal.require(load > 0 && load <= 100, "--loads must be > 0 and <= 100, was " + load);
    }
  }

  private void show(GoodputReport found) throws IOException {
    terminal.say("");
    terminal.say(found.text());
    terminal.say("");
    if (json != null) {
      Files.createDirectories(json.toAbsolutePath().getParent());
      Files.writeString(json, found.json());
    }
    if (report == null) {
      terminal.say("Every figure of every load, and charts: once more with --report DIR.");
    } else {
      Files.createDirectories(report);
      Files.writeString(report.resolve("goodput.md"), found.markdown());
      Files.writeString(report.resolve("goodput.html"), found.html());
      terminal.say("Every figure of every load, and charts: " + report.resolve("goodput.html"));
    }
  }
}
