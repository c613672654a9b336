package dev.forebay.lab.chaos;

import dev.forebay.fleet.Replica;
import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.EngineObserver;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.lab.load.Arrivals;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Gap;
import dev.forebay.lab.load.LoadGenerator;
import dev.forebay.lab.load.LoadObserver;
import dev.forebay.lab.load.LoadOptions;
import dev.forebay.lab.load.LoadOutcome;
import dev.forebay.lab.load.LoadReport;
import dev.forebay.lab.load.LoadTarget;
import dev.forebay.lab.load.Mix;
import dev.forebay.lab.load.Pace;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigFile;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Changes the configuration's file over and over under load: replicas come, leave and come back,
/// keys and the queue's bounds change, and now and then the file is broken. Beside the pool that
/// serves at once stands one before which callers wait all the time.
public final class ReloadRun {
  private static final int ENGINES = 4;

  /// Engines that are in every configuration; the rest come and go.
  private static final int STEADY = 2;

  /// Engines of the pool before which callers wait, the first of them steady.
  private static final int NARROW = 3;

  /// Many times as many as their account lets run.
  private static final int WAITERS = 60;

  private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

  /// What a file must not say; the last one is sound and cannot change while the gateway runs.
  private static final List<String> BROKEN =
      List.of(
          "pools: [", "gpu: {slowStrat: 1s}\n", "retry: {attempts: 99}\n", "log: {access: true}\n");

  private final int reloads;
  private final double perSecond;
  private final Duration length;
  private final long seed;
  private final RandomGenerator random;
  private final HttpClient admin = HttpClient.newHttpClient();

  /// @param reloads spread evenly over the run
  /// @param perSecond calls begun, half of them streams
  public ReloadRun(int reloads, double perSecond, Duration length, long seed) {
    this.reloads = reloads;
    this.perSecond = perSecond;
    this.length = length;
    this.seed = seed;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// What came of a run.
  ///
  /// @param switched reloads that were done
  /// @param refused broken files that were refused
  /// @param wrong reloads that were answered otherwise than the file deserved
  /// @param failed calls that were not answered whole
  /// @param waiters who waited in a queue meanwhile
  /// @param lost steady replicas that lost what was known of them, counted after each reload
  /// @param changedByBroken broken files after which another version ran
  /// @param holding what the gateway held when all had ended
  public record Result(
      LoadReport report,
      int switched,
      int refused,
      List<String> wrong,
      List<String> failed,
      Waiters.Count waiters,
      int lost,
      int changedByBroken,
      Gateway.Holding holding) {

    public boolean passed() {
      return failed.isEmpty()
          && wrong.isEmpty()
          && waiters.passed()
          && lost == 0
          && changedByBroken == 0
          && switched > 0
          && refused > 0
          && holding.calls() == 0
          && holding.work() == 0
          && holding.bodyBytes() == 0;
    }

    /// The counts as one line of a table.
    public String line() {
      return "%8d %8d %9d %8d %8d %8d %10d %8d %8d %8d"
          .formatted(
              report.offered(),
              report.count(Ending.OK),
              failed.size(),
              waiters.answered(),
              waiters.failed().size() + waiters.notOnce().size(),
              waiters.leastWaiting(),
              switched,
              refused,
              lost,
              changedByBroken);
    }

    /// What stands above it.
    public static String heading() {
      return "%8s %8s %9s %8s %8s %8s %10s %8s %8s %8s"
          .formatted(
              "calls",
              "whole",
              "not whole",
              "waited",
              "not once",
              "waiting",
              "reloads",
              "refused",
              "lost",
              "broken");
    }
  }

  public Result run() throws IOException, InterruptedException {
    List<FakeEngine> engines = new ArrayList<>();
    var waiters = new Waiters();
    Path folder = Files.createTempDirectory("forebay-reload");
    Path path = folder.resolve("forebay.yaml");
    try {
      for (int i = 0; i < ENGINES; i++) {
        engines.add(engine(i));
      }
      for (int i = 0; i < NARROW; i++) {
        engines.add(narrow(i, waiters));
      }
      Files.writeString(path, yaml(engines, 0));
      var file = new ConfigFile(path, new ConfigLoader(_ -> null), UnaryOperator.identity());
      try (Gateway gateway = Gateway.start(file.load(), file, List.of())) {
        return run(gateway, engines, waiters, path);
      }
    } finally {
      engines.forEach(FakeEngine::close);
      Files.deleteIfExists(path);
      Files.deleteIfExists(folder);
      admin.close();
    }
  }

  private static FakeEngine engine(int number) throws IOException {
    return FakeEngine.start(
        EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
            .withName("engine-" + number)
            .withModels(Rig.MODEL, Rig.MODEL + "-again")
            .withTimeScale(4),
        EngineObserver.NONE);
  }

  private static FakeEngine narrow(int number, EngineObserver observer) throws IOException {
    EngineConfig config =
        EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
            .withName("narrow-" + number)
            .withModels("narrow")
            .withTimeScale(4);
    return FakeEngine.start(config.withScheduler(config.scheduler().withKvTokens(240)), observer);
  }

  private Result run(Gateway gateway, List<FakeEngine> engines, Waiters waiters, Path path)
      throws IOException, InterruptedException {
    Queue<LoadOutcome> failures = new ConcurrentLinkedQueue<>();
    LoadObserver observer =
        outcome -> {
          if (outcome.ending() != Ending.OK) {
            failures.add(outcome);
          }
        };
    var target = LoadTarget.local("http://127.0.0.1:" + gateway.port(), "steady-alias");
    var arrivals =
        Arrivals.draw(
            new Gap.Exponential(), new Pace.Flat(perSecond), length, Mix.of(100, 60, 0.5), seed);
    var tally = new Tally(gateway);
    URI chat = URI.create("http://127.0.0.1:" + gateway.port() + LoadTarget.CHAT);
    waiters.begin(WAITERS, chat, "narrow");
    fill(gateway);
    try (var load = new LoadGenerator(target, arrivals, LoadOptions.of(seed), observer)) {
      CompletableFuture<LoadReport> running = load.start();
      for (int i = 1; i <= reloads; i++) {
        Thread.sleep(length.dividedBy(reloads + 1));
        reload(gateway, engines, path, i, tally);
      }
      LoadReport report = running.join();
      return new Result(
          report,
          tally.switched,
          tally.refused,
          tally.wrong,
          failures.stream().map(ReloadRun::words).toList(),
          waiters.end(tally.leastWaiting),
          tally.lost,
          tally.changedByBroken,
          settle(gateway));
    }
  }

  private void fill(Gateway gateway) throws IOException, InterruptedException {
    long until = System.nanoTime() + 10_000_000_000L;
    while (waiting(gateway) < WAITERS / 2 && System.nanoTime() - until < 0) {
      Thread.sleep(20);
    }
  }

  private static String words(LoadOutcome failed) {
    return failed.id() + " " + failed.ending() + " " + failed.status() + " " + failed.reason();
  }

  private static Gateway.Holding settle(Gateway gateway) throws InterruptedException {
    long until = System.nanoTime() + 5_000_000_000L;
    while (gateway.holding().calls() != 0 && System.nanoTime() - until < 0) {
      Thread.sleep(20);
    }
    return gateway.holding();
  }

  private void reload(Gateway gateway, List<FakeEngine> engines, Path path, int number, Tally tally)
      throws IOException, InterruptedException {
    boolean broken = number % 5 == 0;
    tally.waiting(waiting(gateway));
    String before = version(gateway);
    String text = yaml(engines, number);
    if (broken) {
      String wrong = BROKEN.get(number / 5 % BROKEN.size());
      text = wrong.startsWith("log") ? text.replaceAll("(?m)^log:.*\n", wrong) : text + wrong;
    }
    replace(path, text);
    var asked =
        HttpRequest.newBuilder(uri(gateway, "/admin/reload"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    var answer = admin.send(asked, BodyHandlers.ofString());
    if (answer.statusCode() != (broken ? 422 : 200)) {
      tally.wrong.add(number + ": " + answer.statusCode() + " " + answer.body());
    }
    if (broken) {
      tally.refused++;
      tally.changedByBroken += version(gateway).equals(before) ? 0 : 1;
    } else {
      tally.switched++;
    }
    tally.waiting(waiting(gateway));
    tally.countLost();
  }

  private int waiting(Gateway gateway) throws IOException, InterruptedException {
    var asked = HttpRequest.newBuilder(uri(gateway, "/metrics")).build();
    String metrics = admin.send(asked, BodyHandlers.ofString()).body();
    return metrics
        .lines()
        .filter(line -> line.startsWith("forebay_queue_waiting{pool=\"narrow\"}"))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  /// As an editor does it, so that nobody reads half a file.
  private static void replace(Path path, String text) throws IOException {
    Path draft = Files.writeString(path.resolveSibling("draft"), text);
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private String version(Gateway gateway) throws IOException, InterruptedException {
    var asked = HttpRequest.newBuilder(uri(gateway, "/admin/config")).build();
    String json = admin.send(asked, BodyHandlers.ofString()).body();
    return json.replaceFirst("(?s).*?\"version\" : \"([^\"]*)\".*", "$1");
  }

  private static URI uri(Gateway gateway, String path) {
    return URI.create("http://127.0.0.1:" + gateway.adminPort() + path);
  }

  /// The pool `aside` gets no calls: what is known of its replicas changes by nothing but a reload.
  private String yaml(List<FakeEngine> engines, int number) {
    StringBuilder replicas = new StringBuilder();
    for (int i = 0; i < ENGINES; i++) {
      if (i < STEADY || random.nextBoolean()) {
        replicas.append(replica("engine-" + i, engines.get(i)));
      }
    }
    StringBuilder narrow = new StringBuilder();
    for (int i = 0; i < NARROW; i++) {
      if (i == 0 || random.nextBoolean()) {
        narrow.append(replica("narrow-" + i, engines.get(ENGINES + i)));
      }
    }
    StringBuilder aside = new StringBuilder();
    for (int i = 0; i < STEADY; i++) {
      aside.append(replica("aside-" + i, engines.get(i)));
    }
    if (random.nextBoolean()) {
      aside.append(replica("aside-guest", engines.get(STEADY)));
    }
    // Two names for the model take turns, and the alias with them.
    String model = number % 2 == 0 ? Rig.MODEL : Rig.MODEL + "-again";
    return """
    http: {listen: "127.0.0.1:0", drain: 2s, maxHeldBody: %dMiB}
    admin: {listen: "127.0.0.1:0"}
    log: {access: false, performance: false}
    pools:
      lab:
        models: [%s]
        key: key-%d
        probe: {every: 200ms}
        replicas:
    %s  aside:
        models: [nobody-asks]
        key: key-%d
        probe: {every: 10m}
        replicas:
    %s  narrow:
        models: [narrow]
        account: narrow
        key: key-%d
        probe: {every: 200ms}
        replicas:
    %saccounts: {narrow: {concurrency: %d}}
    aliases: {steady-alias: %s}
    queue: {maxCalls: %d, maxWork: %d, maxWait: %ds, patience: [10s, %ds, 60s, 300s]}
    upstream: {idleFor: %ds}
    monitor: {every: %ds}
    """
        .formatted(
            1 + number % 7,
            model,
            number,
            replicas,
            number,
            aside,
            number,
            narrow,
            3 + number % 4,
            model,
            WAITERS + 100 * (number % 5),
            1_000_000 * (1 + number % 4),
            60 + number % 3,
            30 + number % 7,
            30 + number % 3,
            1 + number % 3);
  }

  private static String replica(String name, FakeEngine engine) {
    return "      - {name: %s, url: http://127.0.0.1:%d}%n".formatted(name, engine.port());
  }

  /// What the reloads did. Knows the replicas that stay, and puts a mark on those that get no
  /// calls.
  private static final class Tally {
    private final Gateway gateway;
    private final List<Replica> steady;
    private final List<String> wrong = new ArrayList<>();
    private int switched;
    private int refused;
    private int lost;
    private int changedByBroken;
    private int leastWaiting = Integer.MAX_VALUE;

    private Tally(Gateway gateway) {
      this.gateway = gateway;
      this.steady = steady();
      steady.stream()
          .filter(Tally::aside)
          .forEach(it -> it.health().eject(System.nanoTime(), HOUR_NANOS, HOUR_NANOS));
    }

    private List<Replica> steady() {
      return gateway.pools().stream()
          .flatMap(pool -> pool.replicas().stream())
          .filter(it -> it.name().matches(".*-[0" + (STEADY - 1) + "]"))
          .toList();
    }

    private static boolean aside(Replica replica) {
      return replica.name().startsWith("aside");
    }

    private void waiting(int calls) {
      leastWaiting = Math.min(leastWaiting, calls);
    }

    private void countLost() {
      List<Replica> now = steady();
      for (Replica replica : steady) {
        boolean known = now.stream().anyMatch(it -> it == replica);
        boolean marked = !aside(replica) || replica.health().ejected(System.nanoTime());
        lost += known && marked ? 0 : 1;
      }
    }
  }
}
