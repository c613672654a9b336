package dev.forebay.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab bench`: what a call costs in CPU, beside nginx doing as much of the same as it can.
///
/// The proxy under test has core 0 and one event loop; load and upstream share core 1. The proxies
/// take turns, so that what the machine does to one it does to the other: trust the ratio, not the
/// microseconds.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the CPU a call costs, beside nginx.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class BenchCommand implements Callable<Integer> {
  private static final String FOREBAY = "Forebay";
  private static final String NGINX = "nginx";
  private static final int PROXY_CORE = 0;
  private static final int OTHER_CORE = 1;

  @Spec private CommandSpec spec;

  @Option(
      names = "--scenario",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "UNARY,STREAMS",
      description = "${COMPLETION-CANDIDATES} (default: all).")
  private List<Scenario> scenarios;

  @Option(names = "--rounds", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
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
      description = "Load before the first round of a scenario (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--connections",
      defaultValue = "32",
      description = "Of unary calls (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--streams",
      defaultValue = "2000",
      description = "Open at once, each a chunk every 50 ms (default: ${DEFAULT-VALUE}).")
  private int streams;

  @Option(
      names = "--jvm",
      split = " ",
      paramLabel = "FLAGS",
      description = "More flags for Forebay's JVM.")
  private List<String> flags = List.of();

  @Option(names = "--out", paramLabel = "FILE", description = "Also write the result there.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!onPath("taskset") || Runtime.getRuntime().availableProcessors() < 2) {
      say("needs Linux, taskset (util-linux) and two cores: a proxy is measured on a core alone");
      return 1;
    }
    Path folder = Files.createTempDirectory("forebay-bench");
    Path errors = folder.resolve("errors.log");
    Deque<Child> started = new ArrayDeque<>();
    try {
      CostTable table = measure(folder, errors, started);
      String result = machine() + "\n" + table.markdown(NGINX);
      say(result);
      if (out != null) {
        Files.writeString(out, result);
      }
      if (table.failures()) {
        say("some calls failed, so the figures are of no use; see " + errors);
        return 1;
      }
      return 0;
    } finally {
      started.forEach(Child::close);
    }
  }

  private CostTable measure(Path folder, Path errors, Deque<Child> started)
      throws IOException, InterruptedException {
    var helper = Child.java(List.of("-XX:+UseSerialGC", "-Xmx512m"), BenchProcess.class.getName());
    Child load = child(started, "load", OTHER_CORE, errors, with(helper, "load"));
    Map<String, Proxy> proxies = new LinkedHashMap<>();
    for (String name : names()) {
      Child upstream = child(started, "upstream", OTHER_CORE, errors, with(helper, "replayer"));
      int behind = Integer.parseInt(upstream.hear());
      int port = Ports.free();
      List<String> command =
          name.equals(NGINX) ? nginx(folder, port, behind) : forebay(folder, port, behind);
      Child child = child(started, name, PROXY_CORE, errors, command);
      child.awaitPort(port);
      proxies.put(name, new Proxy(port, child));
    }
    CostTable table = new CostTable();
    for (Scenario scenario : scenarios) {
      for (Proxy proxy : proxies.values()) {
        run(load, scenario, proxy, Duration.ofSeconds(warmUp), Duration.ofMillis(500));
      }
      for (int round = 1; round <= rounds; round++) {
        for (String name : proxies.keySet()) {
          Proxy proxy = proxies.get(name);
          Sample sample =
              run(load, scenario, proxy, Duration.ofSeconds(1), Duration.ofSeconds(window));
          table.add(scenario, name, sample);
          say(
              "%s round %d %s: %.2f µs a %s, %.0f/s, %.0f %% of its core, %d failed"
                  .formatted(
                      scenario,
                      round,
                      name,
                      sample.microsEach(),
                      scenario.unit(),
                      sample.perSecond(),
                      100 * sample.busy(),
                      sample.failed()));
        }
      }
    }
    return table;
  }

  private record Proxy(int port, Child child) {}

  private List<String> names() {
    if (onPath(NGINX)) {
      return List.of(FOREBAY, NGINX);
    }
    say("nginx is not installed (apt-get install nginx-light): Forebay is measured alone");
    return List.of(FOREBAY);
  }

  private Sample run(Child load, Scenario scenario, Proxy proxy, Duration settle, Duration time)
      throws IOException {
    int count =
        switch (scenario) {
          case UNARY -> connections;
          case STREAMS -> streams;
        };
    var order =
        new BenchProcess.Order(scenario, proxy.port(), count, settle, time, proxy.child().pids());
    load.say(order.line());
    return Sample.parse(load.hear());
  }

  private List<String> forebay(Path folder, int port, int upstream) throws IOException {
    Path config = folder.resolve("forebay.yaml");
    Files.writeString(
        config,
        """
        http:
          listen: 127.0.0.1:%d
          loops: 1
        admin:
          listen: 127.0.0.1:%d
        log:
          directory: %s
          access: false
          performance: false
        pools:
          bench:
            models: [replayer]
            replicas: [http://127.0.0.1:%d]
        """
            .formatted(port, Ports.free(), folder, upstream));
    return Child.java(flags, "dev.forebay.server.Main", "serve", "--config", config.toString());
  }

  private static List<String> nginx(Path folder, int port, int upstream) throws IOException {
    Path config = folder.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        worker_processes 1;
        daemon off;
        pid nginx.pid;
        error_log stderr error;
        worker_rlimit_nofile 20000;
        events { worker_connections 10000; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000000;
          upstream engine {
            server 127.0.0.1:%d;
            keepalive 512;
            keepalive_requests 1000000000;
          }
          server {
            listen 127.0.0.1:%d backlog=4096;
            location / {
              proxy_pass http://engine;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
              proxy_read_timeout 600s;
            }
          }
        }
        """
            .formatted(upstream, port));
    return List.of(NGINX, "-p", folder + "/", "-c", config.toString());
  }

  private static Child child(
      Deque<Child> started, String name, int core, Path errors, List<String> command)
      throws IOException {
    Child child = Child.start(name, core, errors, command);
    started.push(child);
    return child;
  }

  private static List<String> with(List<String> command, String argument) {
    return Stream.concat(command.stream(), Stream.of(argument)).toList();
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private String machine() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    String model;
    try (Stream<String> lines = Files.lines(info)) {
      model =
          lines
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(System.getProperty("os.arch"));
    }
    return "`lab %s` on %d cores of %s, Linux %s, JDK %s%n"
        .formatted(
            String.join(" ", spec.commandLine().getParseResult().originalArgs()),
            Runtime.getRuntime().availableProcessors(),
            model,
            System.getProperty("os.version"),
            Runtime.version());
  }

  private void say(String text) {
    var writer = spec.commandLine().getOut();
    writer.println(text);
    writer.flush();
  }
}
