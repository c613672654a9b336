package dev.forebay.lab.pick;

import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity.Answer;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.Telemetry;
import dev.forebay.lab.simulator.Forebay;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.SimulatedCall;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import java.net.URI;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A pool of 64 replicas on each of which 64 sequences run, and one more call.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls setUp
public class PickBenchmark {
  private static final int REPLICAS = 64;
  private static final int SEQUENCES = 64;
  private static final int CALLS = 1_024;
  private static final long FAR = Long.MAX_VALUE / 2;

  /// Whether none has room for it.
  @Param({"false", "true"})
  private boolean full;

  private final VirtualLoop loop = new VirtualLoop();
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
  private final List<Replica> replicas =
      IntStream.range(0, REPLICAS)
          .mapToObj(i -> new Replica("gpu-" + i, URI.create("http://gpu-" + i), null))
          .toList();
  private final Pool pool = pool(replicas);
  private final Pool one = pool(replicas.subList(0, 1));
  private final Call[] calls = new Call[CALLS];
  private Rooms rooms;
  private PowerOfTwoChoices capacity;
  private int next;

  @Setup
  public void setUp() {
    rooms = new Rooms();
    capacity = new PowerOfTwoChoices(Forebay.DEFAULTS.gpu(), rooms, random);
    for (int i = 0; i < CALLS; i++) {
      calls[i] = call(i);
    }
    show(1_000_000);
    for (Replica replica : replicas) {
      Pool its = pool(List.of(replica));
      for (int i = 0; i < SEQUENCES; i++) {
        Call call = calls[random.nextInt(CALLS)];
        Need need = new Need(1 + random.nextInt(2_000), 1 + random.nextInt(700), 1);
        var taken = (Reserved) capacity.tryReserve(new Ask(call, need, its, FAR, 0));
        call.progress().delta(0);
        taken.reservation().grew(call.progress(), 0, 0);
      }
    }
    if (full) {
      show(50_000);
    }
  }

  private static Pool pool(List<Replica> replicas) {
    return new Pool("chat", Dialect.OPENAI, false, replicas);
  }

  private Call call(int number) {
    int prompt = 1 + random.nextInt(2_000);
    var intent = new Intent(number, 0, "tenant", 1, prompt, 3 * prompt, 100, 700, List.of());
    return new SimulatedCall(intent, 1, loop, FAR);
  }

  private void show(long kvTokens) {
    OptionalLong none = OptionalLong.empty();
    var shown =
        new Telemetry(
            0,
            0,
            OptionalDouble.empty(),
            OptionalLong.of(kvTokens),
            OptionalLong.of(SEQUENCES),
            OptionalLong.of(0),
            none,
            none,
            none,
            none,
            none);
    replicas.forEach(replica -> rooms.observed(replica, shown));
  }

  /// Room on a replica that is given, taken and given back.
  @Benchmark
  public Answer reserveAndRelease() {
    return reserveAndRelease(one);
  }

  /// The same on any of the 64, with what is asked of them before: when the first content would
  /// come.
  @Benchmark
  public Answer pick() {
    return reserveAndRelease(pool);
  }

  private Answer reserveAndRelease(Pool from) {
    Call call = calls[next++ & CALLS - 1];
    Need need = capacity.need(call);
    long first = capacity.firstContentNanos(need, from, 0);
    Answer answer = capacity.tryReserve(new Ask(call, need, from, FAR + first, 0));
    if (answer instanceof Reserved(var reservation)) {
      reservation.close();
    }
    return answer;
  }
}
