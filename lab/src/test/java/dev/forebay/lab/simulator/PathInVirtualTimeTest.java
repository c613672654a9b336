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
import dev.forebay.monitor.MonitorStage;
import dev.forebay.monitor.Signals;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Request;
import dev.forebay.queue.QueueStage;
import dev.forebay.queue.Queues;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The production stages, a hundred thousand calls, replicas that die and callers that leave: all
/// in virtual time, and the same from a seed.
class PathInVirtualTimeTest {
  private static final int CALLS = 100_000;
  private static final int REPLICAS = 7;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void aHundredThousandCallsAreDecidedTheSameFromOneSeedAndLeakNothing() {
    var first = new World(42).run();
    var again = new World(42).run();
    var other = new World(43).run();

    first.leavesNothingBehind();
    other.leavesNothingBehind();
    assertThat(again.decisions()).isEqualTo(first.decisions());
    assertThat(other.decisions()).isNotEqualTo(first.decisions());
  }

  @Test
  void theRunMeetsEveryKindOfEndThatItIsThereToTest() {
    var world = new World(7).run();
    assertThat(world.served).isGreaterThan(CALLS / 2);
    assertThat(world.shed).isPositive();
    assertThat(world.failed).isPositive();
    assertThat(world.clientGone).isGreaterThan(CALLS / 100);
    assertThat(world.servedAfterRetry).isGreaterThan(CALLS / 100);
    assertThat(world.brokeAfterContent).isPositive();
    assertThat(world.ejections).isPositive();
    assertThat(world.suspected).isPositive();
  }

  /// A fleet, the path to it, and all that happens there. Everything random comes from the seed.
  private static final class World implements Signals {
    private final VirtualLoop loop = new VirtualLoop(-5 * SECOND);
    private final RandomGenerator random;
    private final List<Replica> replicas =
        IntStream.range(0, REPLICAS)
            .mapToObj(n -> new Replica("gpu-" + n, URI.create("http://gpu-" + n + ":8000"), null))
            .toList();
    private final Pool pool = new Pool("chat", Dialect.OPENAI, false, replicas);
    private final SimulatedUpstream upstream;
    private final Pipeline path;
    private final int[] ends = new int[CALLS];
    private final MessageDigest digest = sha256();
    private int begun;
    private int served;
    private int servedAfterRetry;
    private int shed;
    private int failed;
    private int clientGone;
    private int brokeAfterContent;
    private int ejections;
    private int suspected;

    World(long seed) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      var config = Forebay.DEFAULTS.gpu();
      var ejection = new OutlierEjection(config);
      var faults = new Faults(0.02, 0.02, 0.01, 0.02, 0.005);
      upstream = new SimulatedUpstream(faults, random);
      var retry = Forebay.DEFAULTS.retry();
      var capacity = new PowerOfTwoChoices(config, new Rooms(), random);
      path =
          new Pipeline(
              List.of(
                  new MonitorStage(List.of(this)),
                  new RetryStage(
                      new RetryPolicy(retry), new OnePool(pool), new RetryBudgets(retry)),
                  new QueueStage(new OnePool(pool), new Queues(Forebay.DEFAULTS.queue(), capacity)),
                  new GpuStage(
                      new OnePool(pool),
                      new Makers(config.affinity()),
                      capacity,
                      ejection,
                      _ -> suspected++,
                      _ -> {}),
                  upstream));
    }

    World run() {
      arrive();
      probe();
      for (Replica replica : replicas) {
        dieLater(replica);
      }
      loop.runUntilIdle();
      return this;
    }

    /// Poisson arrivals at 25 calls a second.
    private void arrive() {
      int id = begun++;
      var call = new Call("call-" + id, loop, request(), loop.nanoTime());
      if (random.nextInt(20) == 0) {
        loop.after(
            (long) (random.nextExponential() * 2 * SECOND),
            () -> call.abandon(new Failed(Cause.CLIENT_GONE, call.progress().content(), "left")));
      }
      call.onEnd(_ -> ends[id]++);
      path.enter(call);
      if (begun < CALLS) {
        loop.after((long) (random.nextExponential() * SECOND / 25), this::arrive);
      }
    }

    private Request request() {
      return new Request(
          Operation.CHAT,
          "m",
          true,
          false,
          random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(900),
          1,
          new Request.Prompt(random.nextInt(8_000), random.nextInt(500), 2, 0, 0),
          null,
          null,
          Double.NaN,
          false,
          random.nextInt(10) != 0);
    }

    private void dieLater(Replica replica) {
      if (begun < CALLS) {
        loop.after(
            (long) (random.nextExponential() * 120 * SECOND),
            () -> {
              upstream.kill(replica);
              loop.after(
                  (long) (random.nextExponential() * 20 * SECOND),
                  () -> {
                    upstream.revive(replica);
                    dieLater(replica);
                  });
            });
      }
    }

    private void probe() {
      for (Replica replica : replicas) {
        if (upstream.alive(replica)) {
          replica.health().markUp(loop.nanoTime());
        } else {
          replica.health().markDown(0, 0);
        }
        if (replica.health().ejected(loop.nanoTime())) {
          ejections++;
        }
      }
      if (begun < CALLS) {
        loop.after(5 * SECOND, this::probe);
      }
    }

    @Override
    public void started(Call call) {}

    @Override
    public void ended(Call call, Outcome outcome, long now) {
      for (Attempt attempt : call.tried()) {
        decided(call.id() + " on " + attempt.replica() + " " + attempt.outcome());
      }
      decided(call.id() + " " + outcome + " at " + now);
      neverRetriedAfterContent(call);
      count(call, outcome);
    }

    private static void neverRetriedAfterContent(Call call) {
      for (Attempt attempt : call.tried().subList(0, Math.max(0, call.attempts() - 1))) {
        assertThat(attempt.outcome() instanceof Failed failed && failed.contentSent())
            .as("%s was retried after %s", call.id(), attempt.outcome())
            .isFalse();
      }
    }

    private void count(Call call, Outcome outcome) {
      switch (outcome) {
        case Served _ -> {
          served++;
          servedAfterRetry += call.attempts() > 1 ? 1 : 0;
        }
        case Shed _ -> shed++;
        case Failed(Cause cause, boolean contentSent, _) -> {
          assertThat(contentSent).isEqualTo(call.progress().content());
          failed++;
          clientGone += cause == Cause.CLIENT_GONE ? 1 : 0;
          brokeAfterContent += contentSent && cause == Cause.UPSTREAM_BROKE ? 1 : 0;
        }
        case Outcome.FromCache _, Outcome.Deferred _ -> throw new AssertionError(outcome);
      }
    }

    private void decided(String decision) {
      digest.update(decision.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
    }

    /// A hash of every decision so far; can be asked once.
    String decisions() {
      return HexFormat.of().formatHex(digest.digest());
    }

    void leavesNothingBehind() {
      assertThat(ends).as("each call ends exactly once").containsOnly(1);
      assertThat(upstream.running()).isZero();
      for (Replica replica : replicas) {
        assertThat(replica.outstandingCalls()).as("calls on %s", replica).isZero();
        assertThat(replica.outstandingWork()).as("work on %s", replica).isZero();
      }
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
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
