package dev.forebay.lab.start;

import dev.forebay.lab.bench.Ports;
import dev.forebay.lab.bench.scenario.CpuClock;
import dev.forebay.lab.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lab start`: how long the shipped gateway takes from its launcher to its first 200 of `/readyz`,
/// alone on one core, with and without its AOT cache.
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "Measures how fast the gateway of an archive starts, on one core.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class StartCommand implements Callable<Integer> {
  @Mixin private Terminal terminal;

  @Parameters(
      paramLabel = "ARCHIVE",
      description = "forebay-VERSION-PLATFORM.tar.gz, or the folder that it was unpacked to")
  private Path archive;

  @Option(names = "--runs", defaultValue = "7", description = "Default: ${DEFAULT-VALUE}")
  private int runs;

  @Option(
      names = "--core",
      defaultValue = "0",
      description = "The gateway's own; the lab takes another. Default: ${DEFAULT-VALUE}")
  private int core;

  @Option(
      names = "--bar",
      paramLabel = "MS",
      defaultValue = "600",
      description = "The median with the cache must not be above it. Default: ${DEFAULT-VALUE}")
  private int bar;

  /// One start.
  ///
  /// @param ready from the launcher's birth to the first 200 of `/readyz`
  /// @param cpu user and kernel time until then, in steps of 10 ms
  /// @param called from the launcher's birth to the end of the first call's 200
  /// @param call how long that call took
  private record Start(Duration ready, Duration cpu, Duration called, Duration call) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("forebay-start");
    Installation installation =
        Files.isDirectory(archive)
            ? new Installation(archive)
            : Installation.unpack(archive, folder);
    leaveTheCore();
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("AOT cache", "");
    flags.put("AOT cache, no warm-up", "");
    flags.put("no AOT cache", "-XX:AOTMode=off");
    Map<String, List<Start>> starts = new LinkedHashMap<>();
    try (var engines = new Engines()) {
      for (int run = 0; run <= runs; run++) {
        for (var way : flags.entrySet()) {
          boolean warm = !way.getKey().contains("no warm-up");
          Start start = start(installation, engines, folder, way.getValue(), warm);
          // The first reads the files from the disk.
          if (run > 0) {
            starts.computeIfAbsent(way.getKey(), _ -> new ArrayList<>()).add(start);
          }
        }
      }
    }
    terminal.say(table(starts));
    long median = median(starts.getOrDefault("AOT cache", List.of()), Start::ready);
    terminal.say(
        "median %d ms, bar %d ms: %s".formatted(median, bar, median <= bar ? "passed" : "FAILED"));
    return median <= bar ? 0 : 1;
  }

  private Start start(
      Installation installation, Engines engines, Path folder, String flags, boolean warm)
      throws IOException, InterruptedException {
    int port = Ports.free();
    int adminPort = Ports.free();
    Path config = engines.configure(folder, port, adminPort);
    if (!warm) {
      Files.writeString(
          config, Files.readString(config).replaceFirst("http: \\{", "http: {warmUp: 0s, "));
    }
    Map<String, String> environment = new HashMap<>(Installation.BARE);
    environment.put("FOREBAY_JAVA_OPTS", flags);
    List<String> command =
        Stream.concat(
                Stream.of("taskset", "-c", Integer.toString(core)),
                installation.serve(config).stream())
            .toList();
    try (var gateway = GatewayProcess.start(command, environment, folder)) {
      Duration ready = gateway.awaitReady(adminPort);
      Duration cpu = CpuClock.read(List.of(gateway.pid()));
      Duration before = gateway.age();
      int status = Answer.post(port, "/v1/chat/completions", Engines.chat(false)).status();
      Duration called = gateway.age();
      gateway.stop();
      if (status != 200) {
        throw new IOException("the first call was answered " + status + ": " + gateway.said());
      }
      return new Start(ready, cpu, called, called.minus(before));
    }
  }

  /// Moves this process and its engines off the gateway's core, where there is another.
  private void leaveTheCore() throws IOException, InterruptedException {
    int cores = Runtime.getRuntime().availableProcessors();
    if (cores < 2) {
      terminal.say("there is one core: the lab shares it with the gateway, and the figures suffer");
      return;
    }
    String others = core == 0 ? "1-" + (cores - 1) : "0-" + (core - 1);
    new ProcessBuilder(
            "taskset", "-a", "-c", "-p", others, Long.toString(ProcessHandle.current().pid()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor(5, TimeUnit.SECONDS);
  }

  private String table(Map<String, List<Start>> starts) {
    var out = new StringBuilder();
    out.append("| | to ready, by run, ms | median | CPU until ready | first call answered after |");
    out.append(" that call took |%n|---|---|---|---|---|---|%n".formatted());
    starts.forEach((way, all) ->
        out.append(
            String.format(
                Locale.ROOT,
                "| %s | %s | **%d ms** | %d ms | %d ms | %d ms |%n",
                way,
                all.stream()
                    .map(start -> Long.toString(start.ready().toMillis()))
                    .collect(Collectors.joining(" ")),
                median(all, Start::ready),
                median(all, Start::cpu),
                median(all, Start::called),
                median(all, Start::call))));
    return out.toString();
  }

  private static long median(List<Start> starts, Function<Start, Duration> of) {
    List<Long> sorted = starts.stream().map(of).map(Duration::toMillis).sorted().toList();
    int n = sorted.size();
    return n == 0 ? Long.MAX_VALUE : (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
