package dev.forebay.lab.outage;

import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.Fault;
import dev.forebay.lab.engine.Faults;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Takes all engines away at once and gives them back, under a crowd of clients.
final class OutageRun {
  private static final int ENGINES = 3;
  private static final int MINUTE = 60;

  /// What engines do while they are away.
  enum Kind {
    /// Nobody listens.
    REFUSED,
    /// Calls are answered with 503; probes are answered well.
    BUSY
  }

  /// How long and how much.
  ///
  /// @param before, out, after seconds
  /// @param sdks real clients of the npm package `openai` besides
  record Shape(int clients, double perSecond, int before, int out, int after, int sdks, long seed) {
    int seconds() {
      return before + out + after;
    }
  }

  /// What came of a run.
  ///
  /// @param worstMinute that in which most was asked of engines beyond 1.1 × what was wanted; of
  ///   clients that read `x-should-retry`
  /// @param held calls at the engine that held most
  /// @param toldNot things wanted whose client was told not to try again, and reads that
  /// @param normalAfter seconds from recovery until load and answers stay as before
  /// @param peak calls in the fullest second after recovery
  record Result(
      Way.Kind way,
      Kind kind,
      long intents,
      long attempts,
      long upstream,
      long failed,
      Minute worstMinute,
      int held,
      long toldNot,
      long attemptsOfToldNot,
      double attemptsOfOthers,
      int normalAfter,
      int peak,
      NodeClients.@Nullable Count real) {

    /// 1.1 × what was wanted, ten, and what the largest replica held.
    long bound() {
      return (long) (1.1 * worstMinute.intents) + 10 + held;
    }

    double attemptsEach() {
      return attempts / (double) Math.max(1, intents);
    }

    double attemptsOfToldNotEach() {
      return attemptsOfToldNot / (double) Math.max(1, toldNot);
    }

    boolean passed() {
      return worstMinute.upstream <= bound() && attemptsOfToldNotEach() <= 1.2 && normalAfter <= 10;
    }
  }

  /// @param from its first second
  record Minute(int from, long intents, long upstream) {
    private double beyond() {
      return upstream - 1.1 * intents;
    }
  }

  private final Way.Kind way;
  private final Kind kind;
  private final Shape shape;

  OutageRun(Way.Kind way, Kind kind, Shape shape) {
    this.way = way;
    this.kind = kind;
    this.shape = shape;
  }

  Result run() throws IOException, InterruptedException {
    List<FakeEngine> engines = new ArrayList<>();
    try {
      for (int i = 0; i < ENGINES; i++) {
        engines.add(
            FakeEngine.start(
                EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
                    .withName("engine-" + i)
                    .withModels("lab")));
      }
      List<Integer> ports = engines.stream().map(FakeEngine::port).toList();
      try (Way between = Way.start(way, ports)) {
        return run(between, engines);
      }
    } finally {
      engines.forEach(FakeEngine::close);
    }
  }

  private Result run(Way between, List<FakeEngine> engines)
      throws IOException, InterruptedException {
    var crowd =
        new Crowd(
            between.baseUrl(),
            shape.clients(),
            shape.perSecond(),
            shape.seconds(),
            shape.seed(),
            between::upstream);
    Optional<NodeClients> real =
        shape.sdks() == 0
            ? Optional.empty()
            : Optional.of(NodeClients.start(between.baseUrl(), shape.sdks(), shape.seconds()));
    AtomicInteger held = new AtomicInteger();
    Thread accident = Thread.ofVirtual().name("outage").start(() -> accident(engines, held));
    crowd.run();
    accident.join();
    NodeClients.@Nullable Count counted = real.isPresent() ? real.get().join() : null;
    return judge(crowd, held.get(), counted);
  }

  private void accident(List<FakeEngine> engines, AtomicInteger held) {
    try {
      long until = System.nanoTime() + Duration.ofSeconds(shape.before()).toNanos();
      while (until - System.nanoTime() > 0) {
        for (FakeEngine engine : engines) {
          var readings = engine.readings();
          held.accumulateAndGet(readings.running() + readings.waiting(), Math::max);
        }
        Thread.sleep(20);
      }
      engines.forEach(
          switch (kind) {
            case REFUSED -> FakeEngine::die;
            case BUSY -> engine -> engine.faults(Faults.always(new Fault.Reject(503)));
          });
      Thread.sleep(Duration.ofSeconds(shape.out()));
      engines.forEach(
          switch (kind) {
            case REFUSED -> FakeEngine::revive;
            case BUSY -> engine -> engine.faults(Faults.none());
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Result judge(Crowd crowd, int held, NodeClients.@Nullable Count real) {
    Crowd.Tally obeying = crowd.tally(true);
    Crowd.Tally others = crowd.tally(false);
    return new Result(
        way,
        kind,
        obeying.intents.all() + others.intents.all(),
        obeying.attempts.all() + others.attempts.all(),
        obeying.upstream.all() + others.upstream.all(),
        obeying.failed.sum() + others.failed.sum(),
        worstMinute(obeying),
        held,
        obeying.toldNot.sum(),
        obeying.attemptsOfToldNot.sum(),
        others.attempts.all() / (double) Math.max(1, others.intents.all()),
        normalAfter(obeying, others),
        peak(obeying, others),
        real);
  }

  private static Minute worstMinute(Crowd.Tally tally) {
    Minute worst = minute(tally, 0);
    for (int from = 1; from + MINUTE <= tally.intents.seconds(); from++) {
      Minute minute = minute(tally, from);
      if (minute.beyond() > worst.beyond()) {
        worst = minute;
      }
    }
    return worst;
  }

  private static Minute minute(Crowd.Tally tally, int from) {
    return new Minute(
        from,
        tally.intents.between(from, from + MINUTE),
        tally.upstream.between(from, from + MINUTE));
  }

  /// A second is as before if no more than one in a hundred is refused and load is at most three
  /// tenths above, and as much of chance as there is in small numbers.
  private int normalAfter(Crowd.Tally obeying, Crowd.Tally others) {
    int recovery = shape.before() + shape.out();
    double usual = 1.3 * shape.perSecond() + 3 * Math.sqrt(shape.perSecond());
    int normal = recovery;
    for (int second = recovery; second < shape.seconds(); second++) {
      int attempts = obeying.attempts.at(second) + others.attempts.at(second);
      int refused = obeying.refused.at(second) + others.refused.at(second);
      if (attempts > usual || refused * 100 > attempts) {
        normal = second + 1;
      }
    }
    return normal - recovery;
  }

  private int peak(Crowd.Tally obeying, Crowd.Tally others) {
    int most = 0;
    for (int second = shape.before() + shape.out(); second < shape.seconds(); second++) {
      most = Math.max(most, obeying.attempts.at(second) + others.attempts.at(second));
    }
    return most;
  }
}
