package dev.forebay.lab.chaos;

import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.EngineObserver;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.LoadGenerator;
import dev.forebay.lab.load.LoadObserver;
import dev.forebay.lab.load.LoadOptions;
import dev.forebay.lab.load.LoadTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Sends SIGTERM to a gateway that streams, and looks at what its callers see. Most streams can end
/// within the grace period; the others would go on for minutes.
public final class DrainRun {
  private final int streams;
  private final Duration grace;

  /// @param grace how long the gateway lets calls go on; a few seconds
  public DrainRun(int streams, Duration grace) {
    this.streams = streams;
    this.grace = grace;
  }

  /// What came of a run.
  ///
  /// @param ended streams that came to their own end
  /// @param cutEarly streams that did not, though the grace period was not over
  /// @param told streams that were ended when it was over, and whose callers were told so
  /// @param silent streams that stopped without a word
  /// @param odd what became of those that were cut early or ended silently, in words
  /// @param refused whether a new connection was refused during the drain
  /// @param exit from the signal to the process's exit
  public record Result(
      int ended,
      int cutEarly,
      int told,
      int silent,
      List<String> odd,
      boolean refused,
      Duration exit,
      Duration grace) {

    public boolean passed() {
      return ended > 0
          && cutEarly == 0
          && told > 0
          && silent == 0
          && refused
          && exit.compareTo(grace.plusSeconds(2)) < 0;
    }
  }

  public Result run() throws IOException, InterruptedException {
    CountDownLatch talking = new CountDownLatch(streams);
    EngineObserver observer =
        new EngineObserver() {
          @Override
          public void firstToken(String requestId) {
            talking.countDown();
          }
        };
    Path folder = Files.createTempDirectory("forebay-drain");
    List<FakeEngine> engines = engines(observer);
    try (GatewayProcess gateway = GatewayProcess.start(folder, yaml(engines))) {
      return drain(gateway, talking);
    } finally {
      engines.forEach(FakeEngine::close);
      Files.deleteIfExists(folder.resolve("forebay.yaml"));
      Files.deleteIfExists(folder);
    }
  }

  private Result drain(GatewayProcess gateway, CountDownLatch talking) throws InterruptedException {
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger cutEarly = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    AtomicInteger silent = new AtomicInteger();
    List<String> odd = new CopyOnWriteArrayList<>();
    long[] signalled = {Long.MAX_VALUE};
    LoadObserver observer =
        outcome -> {
          if (outcome.ending() == Ending.OK) {
            ended.incrementAndGet();
          } else if (System.nanoTime() - signalled[0] < grace.toNanos()) {
            cutEarly.incrementAndGet();
            odd.add(outcome.toString());
          } else if (outcome.ending() == Ending.STREAM_ERROR) {
            told.incrementAndGet();
          } else {
            silent.incrementAndGet();
            odd.add(outcome.toString());
          }
        };
    try (LoadGenerator load =
        new LoadGenerator(
            LoadTarget.local("http://127.0.0.1:" + gateway.port(), Rig.MODEL),
            arrivals(),
            LoadOptions.of(1).within(grace.plusSeconds(60)),
            observer)) {
      var report = load.start();
      if (!talking.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException(talking.getCount() + " streams did not begin in time");
      }
      signalled[0] = System.nanoTime();
      gateway.terminate();
      boolean refused = refusesWithin(gateway.port(), grace);
      gateway.exits(grace.plusSeconds(20));
      Duration exit = Duration.ofNanos(System.nanoTime() - signalled[0]);
      report.join();
      return new Result(
          ended.get(), cutEarly.get(), told.get(), silent.get(), odd, refused, exit, grace);
    }
  }

  /// Four of five streams last a few seconds, the fifth for longer than anybody waits.
  private List<Arrival> arrivals() {
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      arrivals.add(Arrival.of(i * 4_000_000L, 50, i % 5 == 4 ? 20_000 : 60, true, i));
    }
    return arrivals;
  }

  private static List<FakeEngine> engines(EngineObserver observer) {
    List<FakeEngine> engines = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      engines.add(
          FakeEngine.start(
              EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
                  .withName("engine-" + i)
                  .withModels(Rig.MODEL),
              observer));
    }
    return engines;
  }

  private String yaml(List<FakeEngine> engines) {
    return """
    http: {listen: "127.0.0.1:0", drain: %dms}
    admin: {listen: "127.0.0.1:0"}
    log: {access: false, performance: false}
    pools:
      lab:
        models: [%s]
        replicas: %s
    """
        .formatted(
            grace.toMillis(),
            Rig.MODEL,
            engines.stream().map(engine -> "\"http://127.0.0.1:" + engine.port() + "\"").toList());
  }

  private static boolean refusesWithin(int port, Duration limit) throws InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() - until < 0) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (IOException refused) {
        return true;
      }
    }
    return false;
  }
}
