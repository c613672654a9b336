package dev.forebay.lab.load;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `lab load`: offers calls to an endpoint and prints what came back.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "Offers calls in an open loop and measures them from their intended start.",
    footer =
        "Exit code: 0 done, 2 bad usage, 3 void run (the generator was late, or nothing answered).")
public final class LoadCommand implements Callable<Integer> {
  /// The generator, not the server, was the bottleneck; or there was no server.
  public static final int VOID = 3;

  private enum Law {
    POISSON,
    GAMMA,
    CONSTANT
  }

  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:8080",
      description = "Endpoint; without a path, " + LoadTarget.CHAT + ". Default: ${DEFAULT-VALUE}")
  String url = "";

  @Option(names = "--allow-remote", description = "Let the URL name another machine.")
  boolean allowRemote;

  @Option(names = "--model", defaultValue = "demo", description = "Default: ${DEFAULT-VALUE}")
  String model = "";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME:VALUE",
      description = "Sent with each call; may be repeated.")
  List<String> headers = new ArrayList<>();

  @Option(
      names = "--rate",
      defaultValue = "50",
      description =
          "Calls a second: 200, a ramp 10..500, or steps 50:10s,500:30s. Default: ${DEFAULT-VALUE}")
  String rate = "";

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long to offer, as 500ms, 30s, 5m. Default: ${DEFAULT-VALUE}")
  String length = "";

  @Option(
      names = "--arrivals",
      defaultValue = "poisson",
      description = "poisson, gamma (with --cv) or constant. Default: ${DEFAULT-VALUE}")
  String arrivals = "";

  @Option(
      names = "--cv",
      defaultValue = "2",
      description = "Spread of gamma arrivals; 1 is Poisson. Default: ${DEFAULT-VALUE}")
  double cv;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Replay an Azure .csv.gz or Mooncake .jsonl.gz instead of --rate.")
  @Nullable Path trace;

  @Option(
      names = "--compress",
      paramLabel = "X",
      defaultValue = "1",
      description = "Play the trace X times faster. Default: ${DEFAULT-VALUE}")
  double compress;

  @Option(
      names = "--stream",
      paramLabel = "SHARE",
      defaultValue = "1",
      description = "Share of calls that stream, 0 to 1. Default: ${DEFAULT-VALUE}")
  double stream;

  @Option(
      names = "--prompt-tokens",
      defaultValue = "200",
      description = "Default: ${DEFAULT-VALUE}")
  int promptTokens;

  @Option(names = "--output-tokens", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}")
  int outputTokens;

  @Option(
      names = "--prompts",
      defaultValue = "0",
      description = "How many different prompts; 0 makes each new. Default: ${DEFAULT-VALUE}")
  int prompts;

  @Option(
      names = "--cancel",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = "Share of calls whose caller hangs up midway. Default: ${DEFAULT-VALUE}")
  double cancel;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
  long seed;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "Patience of a caller. Default: ${DEFAULT-VALUE}")
  String timeout = "";

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      description = "First offer the same load for this long, for the server's sake, uncounted.")
  @Nullable String warmUp;

  @Option(names = "--loops", defaultValue = "1", description = "Threads. Default: ${DEFAULT-VALUE}")
  int loops;

  @Option(
      names = "--connections",
      defaultValue = "15000",
      description = "Most calls in flight at once. Default: ${DEFAULT-VALUE}")
  int connections;

  @Option(names = "--json", description = "Print the report as one JSON object.")
  boolean json;

  @Option(
      names = "--hgrm",
      paramLabel = "PREFIX",
      description = "Write PREFIX.<name>.hgrm for each histogram.")
  @Nullable Path hgrm;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    LoadTarget target;
    List<Arrival> calls;
    List<Arrival> warmUpCalls;
    LoadOptions options;
    try {
      target = target();
      options =
          new LoadOptions(
              seed, Spans.parse("--timeout", timeout), loops, connections, true, Slo.DEFAULT);
      calls = calls(Spans.parse("--for", length), seed);
      warmUpCalls = warmUp == null ? List.of() : calls(Spans.parse("--warm-up", warmUp), ~seed);
      if (calls.isEmpty()) {
        throw new IllegalArgumentException(
            "no call falls into --for " + length + "; raise it or the rate");
      }
    } catch (IllegalArgumentException | IOException e) {
      throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
    }
    if (!warmUpCalls.isEmpty()) {
      try (var generator = new LoadGenerator(target, warmUpCalls, options, LoadObserver.NONE)) {
        generator.run();
      }
    }
    try (var generator = new LoadGenerator(target, calls, options, LoadObserver.NONE)) {
      var report = watch(generator);
      if (hgrm != null) {
        report.writeHistograms(hgrm);
      }
      var out = commandLine().getOut();
      out.print(json ? report.json() + "\n" : report.table());
      out.flush();
      if (report.statuses().isEmpty() && report.count(Ending.TIMED_OUT) < report.offered()) {
        commandLine().getErr().println("void: nothing answered at " + url);
        return VOID;
      }
      return report.voidReason().isPresent() ? VOID : 0;
    }
  }

  private LoadTarget target() {
    var target = LoadTarget.of(url, model, allowRemote);
    for (var header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException("--header must be NAME:VALUE, was " + header);
      }
      target = target.with(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    return target;
  }

  private List<Arrival> calls(Duration time, long seed) throws IOException {
    var mix =
        Mix.of(promptTokens, outputTokens, stream).cancelling(cancel).distinctPrompts(prompts);
    if (trace != null) {
      return Arrivals.replay(TraceFile.read(trace), compress, time, mix, seed);
    }
    return Arrivals.draw(gap(), Spans.pace(rate, time), time, mix, seed);
  }

  private Gap gap() {
    for (var law : Law.values()) {
      if (law.name().equalsIgnoreCase(arrivals)) {
        return switch (law) {
          case POISSON -> new Gap.Exponential();
          case GAMMA -> new Gap.Gamma(cv);
          case CONSTANT -> new Gap.Even();
        };
      }
    }
    throw new IllegalArgumentException(
        "--arrivals must be poisson, gamma or constant, was " + arrivals);
  }

  /// Waits for the end; a terminal sees how the run stands.
  private LoadReport watch(LoadGenerator generator)
      throws InterruptedException, ExecutionException {
    boolean seen = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    var terminal = seen ? commandLine().getErr() : null;
    var report = generator.start();
    long begun = System.nanoTime();
    while (true) {
      try {
        var done = report.get(terminal == null ? 3600_000 : 250, TimeUnit.MILLISECONDS);
        progress(terminal, "");
        return done;
      } catch (TimeoutException e) {
        progress(terminal, line(generator.live().read(), System.nanoTime() - begun));
      }
    }
  }

  private static void progress(@Nullable PrintWriter terminal, String line) {
    if (terminal != null) {
      terminal.print("\r\u001b[K" + line);
      terminal.flush();
    }
  }

  private static String line(LoadCounters.Reading now, long elapsedNanos) {
    return String.format(
        Locale.ROOT,
        "%4d s  offered %d  ok %d  refused %d  failed %d  failed over %d  in flight %d"
            + "  ttft p50 %.0f p99 %.0f ms",
        Duration.ofNanos(elapsedNanos).toSeconds(),
        now.offered(),
        now.ok(),
        now.refused(),
        now.failed(),
        now.failedOver(),
        now.inFlight(),
        now.ttftP50Millis(),
        now.ttftP99Millis());
  }

  private CommandLine commandLine() {
    return spec == null ? new CommandLine(this) : spec.commandLine();
  }
}
