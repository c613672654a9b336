package dev.forebay.lab.bench;

import dev.forebay.lab.engine.Replayer;
import dev.forebay.lab.engine.ReplayerConfig;
import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.LoadTarget;
import dev.forebay.lab.load.RequestBytes;
import dev.forebay.lab.load.SaturationLoad;
import dev.forebay.lab.load.StreamHold;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The processes that the bench starts beside the proxies, pinned to a core of their own: an
/// upstream, or the load. Each ends with its standard input.
public final class BenchProcess {
  private static final int PROMPT_TOKENS = 350; // 1.5 KB with its JSON
  private static final Duration EVERY = Duration.ofMillis(50);
  private static final int CHUNKS = 6_000; // five minutes: no stream ends while it is held
  private static final int OPENED_A_SECOND = 1_000;

  private BenchProcess() {}

  public static void main(String[] arguments) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    switch (arguments[0]) {
      case "replayer" -> replay(in);
      case "load" -> load(in);
      default -> throw new IllegalArgumentException("replayer or load, was " + arguments[0]);
    }
    System.exit(0);
  }

  private static void replay(BufferedReader in) throws IOException {
    try (var replayer = Replayer.start(ReplayerConfig.DEFAULT.withChunks(CHUNKS, EVERY))) {
      System.out.println(replayer.port());
      while (in.readLine() != null) {
        // nothing is ever said; the end of it is
      }
    }
  }

  /// Answers each line, as [Order#line] makes it, with a line of [Sample].
  private static void load(BufferedReader in) throws IOException, InterruptedException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Order order = Order.parse(line);
      Sample sample =
          switch (order.scenario) {
            case UNARY -> unary(order);
            case STREAMS -> streams(order);
          };
      System.out.println(sample.line());
    }
  }

  /// One window to be measured.
  ///
  /// @param count connections or streams
  /// @param settle load before the window
  /// @param pids the proxy's processes
  record Order(
      Scenario scenario, int port, int count, Duration settle, Duration window, List<Long> pids) {
    String line() {
      return Stream.concat(
              Stream.of(scenario, port, count, settle, window), pids.stream().map(Object::toString))
          .map(Object::toString)
          .reduce((a, b) -> a + " " + b)
          .orElseThrow();
    }

    static Order parse(String line) {
      List<String> parts = List.of(line.split(" ", -1));
      return new Order(
          Scenario.valueOf(parts.get(0)),
          Integer.parseInt(parts.get(1)),
          Integer.parseInt(parts.get(2)),
          Duration.parse(parts.get(3)),
          Duration.parse(parts.get(4)),
          parts.subList(5, parts.size()).stream().map(Long::valueOf).toList());
    }

    private LoadTarget target() {
      return LoadTarget.local("http://127.0.0.1:" + port, "replayer");
    }

    private byte[] request() {
      boolean stream = scenario == Scenario.STREAMS;
      return new RequestBytes(target()).render(Arrival.of(0, PROMPT_TOKENS, 100, stream, 1), "b");
    }
  }

  private static Sample unary(Order order) throws InterruptedException {
    try (var load = new SaturationLoad(order.target().address(), order.request(), order.count)) {
      load.start();
      sleep(order.settle);
      long refusedBefore = load.read().join().refused();
      Duration cpu = CpuClock.read(order.pids);
      long from = System.nanoTime();
      sleep(order.window);
      var counted = load.read().join();
      Duration took = Duration.ofNanos(System.nanoTime() - from);
      Duration used = CpuClock.read(order.pids).minus(cpu);
      return new Sample(
          counted.answered(), counted.refused() + counted.broken() + refusedBefore, took, used);
    }
  }

  private static Sample streams(Order order) throws InterruptedException {
    try (var hold =
        new StreamHold(order.target().address(), order.request(), order.count, OPENED_A_SECOND)) {
      var _ = hold.start().completeOnTimeout(null, 30, TimeUnit.SECONDS).join();
      sleep(order.settle);
      hold.read().join();
      Duration cpu = CpuClock.read(order.pids);
      long from = System.nanoTime();
      sleep(order.window);
      var counted = hold.read().join();
      Duration took = Duration.ofNanos(System.nanoTime() - from);
      Duration used = CpuClock.read(order.pids).minus(cpu);
      return new Sample(counted.events(), counted.refused() + counted.lost(), took, used);
    }
  }

  private static void sleep(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }
}
