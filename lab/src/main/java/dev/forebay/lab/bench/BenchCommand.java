package dev.forebay.lab.bench;

import dev.forebay.lab.bench.proxy.Forebay;
import dev.forebay.lab.bench.proxy.Haproxy;
import dev.forebay.lab.bench.proxy.Nginx;
import dev.forebay.lab.bench.proxy.Portkey;
import dev.forebay.lab.bench.proxy.Programs;
import dev.forebay.lab.bench.proxy.Proxy;
import dev.forebay.lab.bench.scenario.Scenario;
import dev.forebay.lab.load.LoadCommand;
import dev.forebay.lab.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lab bench`: what the edge costs, beside proxies that do as much of the same as they can.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what a call costs at the edge, beside other proxies.",
      "",
      "The proxy has core 0 and one event loop to itself; load and upstream share core 1. The"
          + " proxies take turns, a round each. A round whose load or upstream was late (p99 of 5 ms"
          + " or more) is void and measured again, twice at most.",
      ""
    },
    footer = {
      "",
      "Scenarios:",
      "  UNARY          CPU of a call, as many as go; 1.5 KB in, 1 KB out",
      "  LATENCY        latency of calls that come at --rate",
      "  FIRST_CONTENT  time to the first content of streams that come at --rate",
      "  STREAMS        CPU of a chunk, --streams streams with one every 50 ms",
      "  UNPACED        chunks a second, 16 streams as fast as they go",
      "  IDLE           memory of a stream, as many as files can be open, for --hold",
      "  HTTP2          CPU of a call over HTTP/2, and over HTTP/1.1",
      "  TLS            CPU of a call over kept TLS 1.3 connections",
      "  SHED           CPU of a call that Forebay refuses with 429 and others pass on",
      "  FULL_UNARY     as UNARY, Forebay with keys, limits of four levels, tokens and access log",
      "  FULL_STREAMS   as STREAMS, Forebay with the same",
      "",
      "Example: ./forebay lab bench --scenario UNARY,STREAMS --rounds 3 --report target/bench",
      "A profile: --jvm \"-XX:StartFlightRecording:filename=/tmp/bench.jfr,settings=profile\"",
      "",
      "Exit code: 0 done, 1 Forebay failed calls, 2 bad usage, 3 every round of a proxy was void."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class BenchCommand implements Callable<Integer> {
  private static final int SPARE_FILES = 1_000; // jars, the upstream's kept connections, ...
  private static final int MOST_HELD = 28_000; // ports that one address can connect from

  private enum Kind {
    FOREBAY,
    NGINX,
    HAPROXY,
    PORTKEY
  }

  @Mixin private Terminal terminal;

  @Option(
      names = "--scenario",
      split = ",",
      paramLabel = "NAME",
      description = "What to measure, in this order; may be repeated (default: all).")
  private List<Scenario> scenarios = List.of(Scenario.values());

  @Option(
      names = "--proxy",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES}; may be repeated (default: all that can be had).")
  private List<Kind> kinds = List.of(Kind.values());

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Of each scenario; IDLE has one (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "What is measured of each round (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description =
          "Load on each proxy before the first round of a scenario (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--hold",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long IDLE holds its streams (default: ${DEFAULT-VALUE}).")
  private int hold;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Calls a second of LATENCY and FIRST_CONTENT (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "Unary calls at once, of HTTP2 streams of 4 connections (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Open at once in STREAMS (default: ${DEFAULT-VALUE}).")
  private int streams;

  @Option(
      names = "--held",
      paramLabel = "N",
      description = "Open at once in IDLE (default: as many as files can be open).")
  private @Nullable Integer held;

  @Option(
      names = "--jvm",
      split = " ",
      paramLabel = "FLAGS",
      description = "More flags for Forebay's JVM.")
  private List<String> flags = List.of();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Also write bench.md and bench.html there.")
  private @Nullable Path report;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (Programs.find("taskset").isEmpty() || Runtime.getRuntime().availableProcessors() < 2) {
      terminal.say(
          "needs Linux, taskset (util-linux) and two cores: a proxy is measured on a core alone");
      return 1;
    }
    String machine = Machine.sentence();
    Plan plan = plan();
    Path folder = Files.createTempDirectory("forebay-bench");
    Children children = new Children(folder.resolve("errors.log"));
    Thread hook = new Thread(children::close, "end-of-bench");
    Runtime.getRuntime().addShutdownHook(hook);
    List<Results> results;
    try {
      results = new BenchRun(plan, children, folder, terminal::say).run();
    } finally {
      children.close();
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    show(new BenchReport(terminal.typed(), machine, results));
    if (results.stream().anyMatch(Results::broken)) {
      terminal.say("Forebay failed calls or was left out; see " + folder.resolve("errors.log"));
      return 1;
    }
    return results.stream().anyMatch(Results::empty) ? LoadCommand.VOID : 0;
  }

  private Plan plan() throws IOException, InterruptedException {
    int most = Math.min(MOST_HELD, (Machine.openFiles() - SPARE_FILES) / 2);
    try {
      return new Plan(
          scenarios,
          proxies(),
          rounds,
          seconds("--window", window),
          seconds("--hold", hold),
          seconds("--warm-up", warmUp),
          connections,
          streams,
          held == null ? Math.max(1, most) : held,
          rate);
    } catch (IllegalArgumentException e) {
      throw terminal.wrong(String.valueOf(e.getMessage()));
    }
  }

  private List<Proxy> proxies() throws IOException, InterruptedException {
    List<Proxy> proxies = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kinds.contains(kind)) {
        Proxy proxy =
            switch (kind) {
              case FOREBAY -> new Forebay(flags);
              case NGINX -> new Nginx();
              case HAPROXY -> new Haproxy();
              case PORTKEY -> Portkey.besideBuild();
            };
        Optional<String> missing = proxy.missing();
        missing.ifPresent(why -> terminal.say(proxy.name() + " " + why + ": it is not measured"));
        if (missing.isEmpty()) {
          proxies.add(proxy);
        }
      }
    }
    return proxies;
  }

  private void show(BenchReport found) throws IOException {
    String markdown = found.markdown();
    terminal.say("");
    terminal.say(markdown);
    if (report != null) {
      Files.createDirectories(report);
      Files.writeString(report.resolve("bench.md"), markdown);
      Files.writeString(report.resolve("bench.html"), found.html());
      terminal.say("written to " + report.resolve("bench.html"));
    }
  }

  private Duration seconds(String option, int seconds) {
    terminal.within(option, seconds, 1, 3_600);
    return Duration.ofSeconds(seconds);
  }
}
