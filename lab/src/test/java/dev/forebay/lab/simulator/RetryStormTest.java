package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Request;
import dev.forebay.pipeline.Stage;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Two hundred clients that come back at once, and replicas that all die together for ten seconds
/// while their probes notice nothing: the retries of any minute stay below their bound.
class RetryStormTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int CLIENTS = 200;
  private static final int SECONDS = 240;
  private static final int SEEDS = 10;

  @Test
  void inAnyMinuteRetriesAreATenthOfTheCallsAndTheReserveAtMost() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      var storm = new Storm(seed);
      storm.run();
      storm.check(seed);
    }
  }

  @Test
  void theStormIsOne() {
    var storm = new Storm(1);
    storm.run();
    int calls = IntStream.of(storm.calls).sum();
    int retries = IntStream.of(storm.retries).sum();
    assertThat(storm.wanted).as("retries that would have been made").isGreaterThan(calls);
    assertThat(retries).isPositive().isLessThan(calls / 5);
  }

  /// All of it in virtual time, and the same from a seed. Counts by second.
  private static final class Storm implements Stage {
    private final VirtualLoop loop = new VirtualLoop(0);
    private final RandomGenerator random;
    private final List<Replica> replicas;
    private final Pool pool;
    private final SimulatedUpstream upstream;
    private final Pipeline path;
    private final int[] calls = new int[SECONDS + 60];
    private final int[] retries = new int[SECONDS + 60];
    private final int[] most = new int[SECONDS + 60];
    private int wanted;

    Storm(long seed) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      replicas =
          IntStream.range(0, 2 + random.nextInt(4))
              .mapToObj(n -> new Replica("gpu-" + n, URI.create("http://gpu-" + n), null))
              .toList();
      pool = new Pool("chat", Dialect.OPENAI, false, replicas);
      upstream = new SimulatedUpstream(new Faults(0.01, 0.01, 0.01, 0.01, 0), random);
      var config = Forebay.DEFAULTS.gpu();
      var retry = Forebay.DEFAULTS.retry();
      var fleet = new OnePool(pool);
      path =
          new Pipeline(
              List.of(
                  new RetryStage(new RetryPolicy(retry), fleet, new RetryBudgets(retry)),
                  new GpuStage(
                      fleet,
                      new Makers(config.affinity()),
                      new PowerOfTwoChoices(config, new Rooms(), random),
                      new OutlierEjection(config),
                      _ -> {},
                      _ -> {}),
                  this));
    }

    void run() {
      for (int i = 0; i < CLIENTS; i++) {
        loop.after(random.nextLong(SECOND), this::call);
      }
      for (int at = 30; at < SECONDS; at += 30 + random.nextInt(60)) {
        loop.after(at * SECOND, () -> replicas.forEach(upstream::kill));
        loop.after((at + 10) * SECOND, () -> replicas.forEach(upstream::revive));
      }
      loop.runUntilIdle();
    }

    /// A client without patience: served, it pauses; else it comes back almost at once.
    private void call() {
      if (second() >= SECONDS) {
        return;
      }
      calls[second()]++;
      var call = new Call("call", loop, request(), loop.nanoTime());
      call.onEnd(outcome -> loop.after(pause(outcome), this::call));
      path.enter(call);
    }

    private long pause(Outcome outcome) {
      wanted += outcome instanceof Served ? 0 : 2;
      return (long) (random.nextExponential() * SECOND / (outcome instanceof Served ? 1 : 20));
    }

    private Request request() {
      return new Request(
          Operation.CHAT,
          "m",
          true,
          false,
          1 + random.nextInt(300),
          1,
          new Request.Prompt(random.nextInt(4_000), 0, 2, 0, 0),
          null,
          null,
          Double.NaN,
          false,
          true);
    }

    @Override
    public void handle(Call call, Next next) {
      retries[second()] += call.attempts() > 1 ? 1 : 0;
      for (Replica replica : replicas) {
        most[second()] = Math.max(most[second()], replica.outstandingCalls());
      }
      upstream.handle(call, next);
    }

    private int second() {
      return (int) (loop.nanoTime() / SECOND);
    }

    void check(long seed) {
      for (int from = 0; from + 60 <= SECONDS; from++) {
        int called = 0;
        int retried = 0;
        int held = 0;
        // what a replica held is remembered for two minutes
        for (int s = Math.max(0, from - 120); s < from; s++) {
          held = Math.max(held, most[s]);
        }
        for (int s = from; s < from + 60; s++) {
          called += calls[s];
          retried += retries[s];
          held = Math.max(held, most[s]);
        }
        assertThat((double) retried)
            .as("seed %d, from second %d: %d calls, %d held", seed, from, called, held)
            .isLessThanOrEqualTo(0.1 * called + 10 + held);
      }
    }
  }

  private record OnePool(Pool pool) implements Fleet {
    @Override
    public @Nullable Pool poolFor(Request request) {
      return pool;
    }

    @Override
    public List<Pool> pools() {
      return List.of(pool);
    }
  }
}
