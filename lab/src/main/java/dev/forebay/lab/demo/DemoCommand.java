package dev.forebay.lab.demo;

import dev.forebay.fleet.Health;
import dev.forebay.fleet.Replica;
import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.lab.load.LoadTarget;
import dev.forebay.lab.load.Spans;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `demo`: the gateway in front of three fake engines under load, one of which dies and returns.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the gateway in front of three fake engines and lets streams through it.",
      "One engine is killed and comes back; the table shows what callers saw of that."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ended after --for",
      "2:the command line cannot be understood",
      "69:the port is taken",
      "130:ended by Ctrl-C"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields in before it calls
public final class DemoCommand implements Callable<Integer> {
  /// The port is taken.
  public static final int UNAVAILABLE = 69;

  private static final String CONFIGURATION = "demo.yaml";
  private static final int REPLICAS = 3;
  private static final Duration ROUND = Duration.ofMinutes(10);
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(15);

  @Spec private CommandSpec spec;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "How long, as 30s or 5m. Default: until Ctrl-C")
  private @Nullable String length;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "15",
      description = "Calls a second. Default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--port",
      defaultValue = "8020",
      description = "Where the gateway listens; 0 for any free port. Default: ${DEFAULT-VALUE}")
  private int port;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Map<String, Long> callsBefore = new HashMap<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Duration run = length();
    List<FakeEngine> engines = new ArrayList<>();
    try {
      for (int i = 1; i <= REPLICAS; i++) {
        engines.add(FakeEngine.start(engine("gpu-" + i)));
      }
      return serve(engines, run);
    } finally {
      engines.forEach(FakeEngine::close);
      over.countDown();
    }
  }

  private Duration length() {
    if (port < 0 || port > 65_535) {
      throw wrong("--port must be in [0, 65535], was " + port);
    }
    if (!(rate > 0 && rate <= 1_000)) {
      throw wrong("--rate must be > 0 and <= 1000, was " + rate);
    }
    try {
      return length == null ? Duration.ofDays(365) : Spans.parse("--for", length);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /// 32 billion parameters on an H100 make some 45 tokens a second, which the eye can follow.
  private static EngineConfig engine(String name) {
    return EngineConfig.of(GpuPreset.H100, ModelPreset.QWEN3_32B, 1)
        .withName(name)
        .withModels("demo");
  }

  private int serve(List<FakeEngine> engines, Duration run)
      throws IOException, InterruptedException {
    String yaml = configuration(engines);
    GatewayConfig config = new ConfigLoader().parse(yaml, CONFIGURATION, Path.of(""));
    var log = new ReplicaLog();
    Gateway gateway;
    try {
      gateway = Gateway.start(config, List.of(log));
    } catch (IOException e) {
      return notStarted(e);
    }
    try (gateway) {
      var board = new Board(out(), terminal());
      board.say(yaml);
      board.say(greeting(gateway.port()));
      stopAtSignal();
      var target = LoadTarget.local("http://127.0.0.1:" + gateway.port(), "demo");
      try (var traffic = new Traffic(target, rate)) {
        play(engines, gateway, config, log, traffic, board, run);
        board.say(summary(traffic.readAll(), gateway, log));
      }
    }
    return 0;
  }

  private void play(
      List<FakeEngine> engines,
      Gateway gateway,
      GatewayConfig config,
      ReplicaLog log,
      Traffic traffic,
      Board board,
      Duration run)
      throws InterruptedException {
    Accident accident = Accident.within(run);
    long begun = System.nanoTime();
    Duration elapsed = Duration.ZERO;
    Duration offeredUntil = Duration.ZERO;
    int dead = -1;
    long shownSecond = -1;
    long offeredBefore = 0;
    boolean stopped = false;
    while (!stopped && elapsed.compareTo(run) < 0) {
      if (elapsed.compareTo(offeredUntil) >= 0) {
        Duration left = run.minus(offeredUntil);
        Duration round = left.compareTo(ROUND) < 0 ? left : ROUND;
        traffic.offer(round);
        offeredUntil = offeredUntil.plus(round);
      }
      int victim = accident.victim(elapsed, REPLICAS);
      if (victim != dead) {
        if (dead >= 0) {
          engines.get(dead).revive();
          board.say(at(elapsed) + engines.get(dead).name() + " is started again");
        }
        if (victim >= 0) {
          int running = engines.get(victim).readings().running();
          engines.get(victim).die();
          board.say(
              at(elapsed) + engines.get(victim).name() + " is killed with " + running + " streams");
        }
        dead = victim;
      }
      if (elapsed.toSeconds() > shownSecond && elapsed.toSeconds() > 0) {
        var now = traffic.read();
        double perSecond =
            (now.offered() - offeredBefore)
                / (double) (elapsed.toSeconds() - Math.max(0, shownSecond));
        board.draw(elapsed.toSeconds(), perSecond, now, rows(gateway, config, log));
        shownSecond = elapsed.toSeconds();
        offeredBefore = now.offered();
      }
      stopped = stop.await(100, TimeUnit.MILLISECONDS);
      elapsed = Duration.ofNanos(System.nanoTime() - begun);
    }
    traffic.stop();
    awaitAnswers(traffic, board, elapsed);
  }

  private static void awaitAnswers(Traffic traffic, Board board, Duration elapsed)
      throws InterruptedException {
    long running = traffic.readAll().inFlight();
    board.say(at(elapsed) + "no more calls; " + running + " answers are awaited");
    long until = System.nanoTime() + LAST_ANSWERS.toNanos();
    while (traffic.readAll().inFlight() > 0 && System.nanoTime() - until < 0) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private List<Board.Row> rows(Gateway gateway, GatewayConfig config, ReplicaLog log) {
    List<Replica> replicas = replicas(gateway);
    Map<String, Long> calls = new HashMap<>();
    replicas.forEach(replica ->
        calls.put(replica.name(), log.of(replica.name()).attempts() + replica.outstandingCalls()));
    long all =
        replicas.stream().mapToLong(replica -> since(replica, calls)).filter(n -> n > 0).sum();
    List<Board.Row> rows =
        replicas.stream()
            .map(replica ->
                new Board.Row(
                    replica.name(),
                    state(replica.health(), config.gpu().slowStart()),
                    calls.getOrDefault(replica.name(), 0L),
                    Math.max(0, since(replica, calls)) / (double) Math.max(1, all),
                    replica.outstandingCalls()))
            .toList();
    callsBefore.putAll(calls);
    return rows;
  }

  private long since(Replica replica, Map<String, Long> calls) {
    return calls.getOrDefault(replica.name(), 0L) - callsBefore.getOrDefault(replica.name(), 0L);
  }

  private static String state(Health health, Duration slowStart) {
    long now = System.nanoTime();
    if (health.down()) {
      return "down";
    }
    if (health.ejected(now)) {
      return "ejected";
    }
    double weight = health.weight(now, slowStart.toNanos());
    return weight < 1 ? String.format(Locale.ROOT, "slow start %.0f %%", weight * 100) : "up";
  }

  private static String summary(Traffic.Reading all, Gateway gateway, ReplicaLog log) {
    long refused =
        replicas(gateway).stream().mapToLong(replica -> log.of(replica.name()).refused()).sum();
    return String.format(
        Locale.ROOT,
        """

        offered       %6d
        served        %6d   whole streams
        failed        %6d   answered with an error, or not at all
        cut           %6d   streams that were under way on the replica when it died
        failed over   %6d   served by another replica than the first one tried
        unanswered    %6d
        TTFT          p50 %.0f ms, p99 %.0f ms, from the intended start
        dead replica  %6d   calls sent to it after it had died\
        """,
        all.offered(),
        all.served(),
        all.failed(),
        all.cut(),
        all.failedOver(),
        all.inFlight(),
        all.p50Millis(),
        all.p99Millis(),
        refused);
  }

  private static List<Replica> replicas(Gateway gateway) {
    return gateway.pools().getFirst().replicas();
  }

  private static String greeting(int port) {
    return """
    The gateway runs as configured above, on port %d. Talk to it from another terminal:

      curl -N http://127.0.0.1:%d/v1/chat/completions -H 'content-type: application/json' \\
        -d '{"model": "demo", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'

    Ctrl-C ends it.
    """
        .formatted(port, port);
  }

  private static String configuration(List<FakeEngine> engines, int port) throws IOException {
    String yaml;
    try (InputStream in =
        Objects.requireNonNull(DemoCommand.class.getResourceAsStream(CONFIGURATION))) {
      yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    yaml = yaml.replace("${PORT}", Integer.toString(port));
    for (int i = 0; i < engines.size(); i++) {
      yaml = yaml.replace("${GPU_" + (i + 1) + "}", Integer.toString(engines.get(i).port()));
    }
    return yaml;
  }

  private String configuration(List<FakeEngine> engines) throws IOException {
    return configuration(engines, port);
  }

  private int notStarted(IOException why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        String.valueOf(why.getMessage()).contains("in use")
            ? "demo: port "
                + port
                + " is taken; choose another, as in --port "
                + (port + 10)
                + ", or --port 0 for any"
            : "demo: " + why.getMessage());
    err.flush();
    return UNAVAILABLE;
  }

  /// The process ends when the hook does, so it waits for the summary.
  private void stopAtSignal() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  stop.countDown();
                  try {
                    var _ = over.await(LAST_ANSWERS.toSeconds() + 5, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static String at(Duration elapsed) {
    return String.format(Locale.ROOT, "%4d s  ", elapsed.toSeconds());
  }

  private static boolean terminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }
}
