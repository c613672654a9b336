package dev.forebay.lab.sockets;

import dev.forebay.lab.engine.llama.LlamaEngine;
import dev.forebay.lab.goodput.Score;
import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.BlockingConnection;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Heard;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.ClientConfig;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.Story;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Whether the first tokens of those who are let in come as soon under overload as without, from a
/// real engine: llama.cpp with four slots, behind the gateway. Callers do not try again, so that a
/// time is that of one call.
///
/// @param model a GGUF file
record FirstTokenRun(Path model, Duration warmUp, Duration window, Consumer<String> say) {
  private static final Duration DRAIN = Duration.ofSeconds(20);
  private static final Duration CALIBRATION = Duration.ofSeconds(5);
  private static final double MODEST = 0.8;
  private static final double OVER = 4;
  private static final long SEED = 1;
  private static final long MILLI = 1_000_000;

  /// @param capacity answers a second
  /// @param allowedNanos to the first token under overload
  record Result(double capacity, Score modest, Score over, long allowedNanos) {
    boolean passed() {
      return over.firstP99() <= allowedNanos;
    }
  }

  Result run() throws IOException, InterruptedException {
    String name = String.valueOf(model.getFileName()).replaceFirst("\\.gguf$", "");
    List<String> tenants = List.of("tenant-0", "tenant-1", "tenant-2", "tenant-3");
    try (var folder = Folder.make();
        var engine = EngineProcess.llama(model);
        Front front = new ForebayWay(name, tenants).start(folder.path(), engine.port())) {
      double capacity = capacity(front, name);
      say.accept(String.format(Locale.ROOT, "capacity: %.1f answers/s", capacity));
      Score modest =
          score(front, new Requests(name, front.headers(), false), MODEST * capacity, Slo.DEFAULT);
      say.accept(told(MODEST, modest));
      long usual = (long) modest.firstP99();
      long allowed = Math.max(2 * usual, usual + 50 * MILLI);
      // Asked for is half of what is allowed beyond the usual: deadlines are kept to some 50 ms.
      Duration asked = Duration.ofNanos((usual + allowed) / 2);
      Score over =
          score(
              front,
              new Requests(name, front.headers(), true),
              OVER * capacity,
              new Slo(asked, Duration.ZERO, Slo.DEFAULT.perOutputToken()));
      say.accept(told(OVER, over));
      return new Result(capacity, modest, over, allowed);
    }
  }

  /// Answers a second where each slot is asked again as soon as it has answered.
  private static double capacity(Front front, String name) throws InterruptedException {
    var requests = new Requests(name, front.headers(), false);
    long from = System.nanoTime() + CALIBRATION.toNanos();
    long to = from + CALIBRATION.toNanos();
    List<Intent> intents = new Stories().intents(new Pace.Flat(100), Duration.ofSeconds(10), SEED);
    var answered = new AtomicInteger();
    try (var slots = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int slot = 0; slot < LlamaEngine.SLOTS; slot++) {
        Intent intent = intents.get(slot);
        slots.execute(() -> ask(front, requests, intent, from, to, answered));
      }
    }
    return answered.get() / (CALIBRATION.toNanos() / 1e9);
  }

  private static void ask(
      Front front, Requests requests, Intent intent, long from, long to, AtomicInteger answered) {
    byte[] request = requests.of(intent, Duration.ZERO);
    var call = Arrival.of(0, intent.promptTokens(), intent.outputTokens(), true, 0);
    try (var connection = BlockingConnection.open(front.address())) {
      while (System.nanoTime() - to < 0) {
        Heard heard =
            connection.call(
                call, request, System.nanoTime(), to + DRAIN.toNanos(), to + DRAIN.toNanos());
        long now = System.nanoTime();
        if (heard.outcome().ending() == Ending.OK && now - from >= 0 && now - to < 0) {
          answered.incrementAndGet();
        }
        if (!connection.usable()) {
          return;
        }
      }
    } catch (IOException e) {
      // a slot less; whoever reads the capacity sees it
    }
  }

  private Score score(Front front, Requests requests, double rate, Slo slo) {
    var scenario =
        Scenario.of(new Stories(), new Pace.Flat(rate))
            .during(warmUp, warmUp.plus(window))
            .with(ClientConfig.STOCK.withRetries(0))
            .with(slo);
    var users = new Users(scenario, front, requests, DRAIN, SEED);
    List<Story> stories =
        users.live(scenario.workload().intents(scenario.pace(), scenario.length(), SEED));
    return Score.of(new Ran(scenario, stories, 0, 0, users.refusals(), users.queued()));
  }

  private static String told(double load, Score score) {
    return String.format(
        Locale.ROOT,
        "%.1fx: %.1f calls/s, %.1f answered in time, first token p50 %.1f ms, p99 %.1f ms,"
            + " refusals p99 %s ms",
        load,
        score.offered(),
        score.goodCalls(),
        score.firstP50() / 1e6,
        score.firstP99() / 1e6,
        Verdict.number(score.refusedP99() / 1e6));
  }
}
