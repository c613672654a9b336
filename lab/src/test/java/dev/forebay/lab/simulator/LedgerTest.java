package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.limit.BudgetConfig;
import dev.forebay.limit.Level;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.limit.LimitConfig;
import dev.forebay.limit.LimitReading;
import dev.forebay.limit.LimitSet;
import dev.forebay.limit.LimitStage;
import dev.forebay.limit.Limits;
import dev.forebay.limit.ModelConfig;
import dev.forebay.limit.Money;
import dev.forebay.limit.PermitAudit;
import dev.forebay.limit.TenantConfig;
import dev.forebay.limit.TenantReading;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Loop.Timer;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Request;
import dev.forebay.queue.QueueStage;
import dev.forebay.queue.Queues;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import dev.forebay.server.config.ConfigLoader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// A million starts, chunks, cancellations, errors and crashes on the real path in virtual time,
/// under limits of four levels that are reloaded a hundred times, beside a ledger that writes down
/// what engines told.
class LedgerTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int EVENTS = 1_000_000;
  private static final int RELOADS = 100;
  private static final int PER_SECOND = 40;
  private static final int BURST = 10;
  private static final long KV_TOKENS = 25_000;

  private static World world;

  @BeforeAll
  static void run() {
    world = new World(1);
    world.run();
  }

  @Test
  void everyKindOfEventWasMet(TestReporter reporter) {
    reporter.publishEntry(
        "%d events: %d calls, %d passed, %d refused, %d cancelled, %d crashes, %d reloads"
            .formatted(
                world.events,
                world.calls,
                world.passed,
                world.refused,
                world.cancelled,
                world.crashes,
                world.reloads));
    assertThat(world.events).isGreaterThanOrEqualTo(EVENTS);
    assertThat(world.reloads).isGreaterThanOrEqualTo(RELOADS);
    assertThat(List.of(world.passed, world.refused, world.cancelled, world.errors, world.crashes))
        .allMatch(count -> count > 50);
  }

  @Test
  void everyCounterReturnsToZero() {
    PermitAudit audit = world.limits.audit(() -> 0, world.loop.nanoTime());
    assertThat(audit.grants()).isZero();
    assertThat(audit.difference()).isZero();
    assertThat(audit.limits()).isNotEmpty().allMatch(line -> line.held() == 0);
    assertThat(world.running).isEmpty();
    assertThat(world.waited).isGreaterThan(EVENTS / 1_000);
    assertThat(world.queues.waiting("chat")).isZero();
    assertThat(world.loop.idle()).as("nobody looks after a call any more").isTrue();
    // Where nothing is promised the first content takes no time.
    assertThat(world.replicas).allMatch(replica -> world.firstContentNanos(replica) == 0);
    assertThat(world.replicas)
        .allMatch(replica -> replica.outstandingCalls() == 0 && replica.outstandingWork() == 0);
    assertThat(world.ends).as("each call ended once").isEqualTo(world.calls);
  }

  @Test
  void whatIsChargedIsWhatEnginesToldAndAnEstimateWhereTheyDidNot(TestReporter reporter) {
    for (TenantReading reading : world.limits.tenantReadings(world.loop.nanoTime())) {
      Ledger ledger = world.ledgers.getOrDefault(reading.tenant(), new Ledger());
      reporter.publishEntry(
          "%s: told %d, charged %d; estimated %d, charged %d"
              .formatted(
                  reading.tenant(),
                  ledger.told,
                  reading.tokens() - reading.estimatedTokens(),
                  ledger.estimated,
                  reading.estimatedTokens()));
      assertThat(reading.tokens() - reading.estimatedTokens()).isEqualTo(ledger.told);
      assertThat(reading.estimatedTokens()).isEqualTo(ledger.estimated);
    }
    assertThat(world.ledgers.values()).allMatch(each -> each.told > 0 && each.estimated > 0);
  }

  /// A call that one level refuses is taken of none: each level passed what passed all of them.
  @Test
  void aRefusalByOneLevelChargesNoOther() {
    for (LimitReading reading : world.limits.readings()) {
      if (reading.level() == Level.GLOBAL) {
        assertThat(reading.passed()).as(reading.toString()).isEqualTo(world.passed);
      }
    }
    assertThat(world.refusedBy).containsKeys(Reason.RATE_LIMITED, Reason.CONCURRENCY_LIMITED);
  }

  @Test
  void inNoStretchOfTimeAKeyHasMoreThanItsRateAndItsBurst() {
    assertThat(world.passes).hasSize(6);
    world.passes.forEach((key, moments) -> {
      double level = 0;
      long last = moments.getFirst();
      for (long moment : moments) {
        level = Math.max(0, level - PER_SECOND * (moment - last) / 1e9) + 1;
        last = moment;
        assertThat(level).as(key).isLessThanOrEqualTo(BURST + 1 + 1e-3);
      }
    });
  }

  /// What engines told, and what has to be estimated.
  private static final class Ledger {
    private long told;
    private long estimated;
  }

  /// What one engine knows of the answer that a call got last.
  private static final class Truth {
    private boolean told;
    private long prompt;
    private long output;
    private long since;

    void enter(Ledger ledger, Request request) {
      if (told && since == 0) {
        ledger.told += prompt + output;
      } else if (told) {
        ledger.estimated += prompt + output + since;
      } else if (since > 0) {
        ledger.estimated += request.prompt().tokens() + since;
      }
    }
  }

  /// Everything random comes from the seed.
  private static final class World {
    private final VirtualLoop loop = new VirtualLoop(-7 * SECOND);
    private final RandomGenerator random;
    private final List<Replica> replicas =
        IntStream.range(0, 4)
            .mapToObj(n -> new Replica("gpu-" + n, URI.create("http://gpu-" + n), null))
            .toList();
    private final Pool pool = new Pool("chat", Dialect.OPENAI, false, replicas);
    private final Limits limits;
    private final PowerOfTwoChoices capacity;
    private final Queues queues;
    private final Pipeline path;
    private final Set<Answer> running = new LinkedHashSet<>();
    private final Map<Call, Truth> truths = new LinkedHashMap<>();
    private final Map<String, Ledger> ledgers = new LinkedHashMap<>();
    private final Map<String, List<Long>> passes = new LinkedHashMap<>();
    private final Map<Reason, Integer> refusedBy = new LinkedHashMap<>();
    private int events;
    private int calls;
    private int passed;
    private int refused;
    private int cancelled;
    private int errors;
    private int crashes;
    private int reloads;
    private int ends;
    private int waited;

    World(long seed) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      limits = new Limits(config(0), random.nextLong(), loop.nanoTime());
      // Who is taken out returns within the few seconds of a world.
      var gpu =
          new ConfigLoader()
              .parse(
                  "gpu: {slowStart: 1s, ejectAfter: 5, ejectFor: 1s, ejectAtMost: 10s}",
                  "test",
                  Path.of(""))
              .gpu();
      var rooms = new Rooms();
      replicas.forEach(replica -> rooms.observed(replica, shown()));
      capacity = new PowerOfTwoChoices(gpu, rooms, random);
      queues = new Queues(Forebay.DEFAULTS.queue(), capacity);
      var retry = Forebay.DEFAULTS.retry();
      var fleet = new OnePool(pool);
      path =
          new Pipeline(
              List.of(
                  new LimitStage(limits, InstantSource.fixed(Instant.EPOCH)),
                  this::note,
                  new RetryStage(new RetryPolicy(retry), fleet, new RetryBudgets(retry)),
                  new QueueStage(fleet, queues),
                  new GpuStage(
                      fleet,
                      new Makers(gpu.affinity()),
                      capacity,
                      new OutlierEjection(gpu),
                      _ -> {},
                      _ -> {}),
                  this::answer));
    }

    /// So much KV cache that calls have to wait now and then.
    private dev.forebay.gpu.Telemetry shown() {
      return dev.forebay.gpu.Telemetry.unknown(loop.nanoTime(), loop.nanoTime())
          .withSizes(OptionalLong.of(KV_TOKENS), OptionalLong.empty());
    }

    long firstContentNanos(Replica replica) {
      var alone = new Pool("alone", Dialect.OPENAI, false, List.of(replica));
      return capacity.firstContentNanos(new Need(1_000, 0, 1), alone, loop.nanoTime());
    }

    /// The limits of keys stay as they are; what is above them changes with every reload.
    private static LimitConfig config(int reload) {
      LimitSet wide = set(400 + reload % 7 * 50, 100, 120 + reload % 5 * 20);
      LimitSet ofKey = set(PER_SECOND, BURST, 30);
      var tenants = new LinkedHashMap<String, TenantConfig>();
      for (int i = 0; i < 3; i++) {
        LimitSet ofTenant = set(90 + reload % 3 * 10, 30, 60);
        tenants.put(
            "t" + i,
            new TenantConfig(
                1, List.of(), "", ofTenant, Map.of("k0", ofKey, "k1", ofKey), BudgetConfig.NONE));
      }
      return new LimitConfig(
          wide,
          Map.of("m", new ModelConfig(wide, 1_000, 500, Money.NONE, Money.NONE)),
          Map.of(),
          tenants,
          LimitSet.NONE,
          LimitSet.NONE,
          10_000,
          700,
          1_000,
          500);
    }

    private static LimitSet set(long rps, long burst, int permits) {
      return new LimitSet(
          List.of(Requests.of(rps + "/s", burst)),
          List.of(Tokens.of("300000/s", 600_000)),
          List.of(Concurrency.of(permits)));
    }

    void run() {
      arrive();
      crash();
      reload();
      loop.runUntilIdle();
    }

    private boolean over() {
      return events >= EVENTS;
    }

    private void arrive() {
      events++;
      int key = random.nextInt(6);
      var caller = new Caller("t" + key / 2, "k" + key % 2, 1, new Network(key));
      var call = new Call("call-" + calls++, loop, request(), caller, loop.nanoTime());
      if (random.nextInt(20) == 0) {
        loop.after((long) (random.nextExponential() * SECOND / 2), () -> cancel(call));
      }
      call.onEnd(outcome -> ended(call, outcome));
      path.enter(call);
      if (!over()) {
        loop.after((long) (random.nextExponential() * SECOND / 260), this::arrive);
      }
    }

    private Request request() {
      return new Request(
          Operation.CHAT,
          "m",
          true,
          false,
          1 + random.nextInt(300),
          1,
          new Request.Prompt(random.nextInt(4_000), random.nextInt(300), 2, 0, 0),
          null,
          null,
          Double.NaN,
          false,
          true);
    }

    private void cancel(Call call) {
      if (!call.ended()) {
        events++;
        cancelled++;
        call.abandon(new Failed(Cause.CLIENT_GONE, call.progress().content(), "left"));
      }
    }

    /// Stands behind the limits.
    private void note(Call call, Next next) {
      passed++;
      passes
          .computeIfAbsent(
              call.caller().tenant() + "/" + call.caller().key(), _ -> new ArrayList<>())
          .add(loop.nanoTime());
      next.proceed(call);
    }

    private void ended(Call call, Outcome outcome) {
      ends++;
      waited += call.waitedNanos() > 0 ? 1 : 0;
      if (call.attempts() == 0 && outcome instanceof Shed(var reason, _)) {
        refused++;
        refusedBy.merge(reason, 1, Integer::sum);
      }
      Truth truth = truths.remove(call);
      if (truth != null) {
        truth.enter(
            ledgers.computeIfAbsent(call.caller().tenant(), _ -> new Ledger()), call.request());
      }
    }

    private void crash() {
      events++;
      crashes++;
      Replica victim = replicas.get(random.nextInt(replicas.size()));
      victim.health().markDown(loop.nanoTime(), SECOND);
      for (Answer answer : List.copyOf(running)) {
        if (answer.replica == victim) {
          answer.fails();
        }
      }
      loop.after(
          (long) (random.nextExponential() * SECOND / 2),
          () -> victim.health().markUp(loop.nanoTime()));
      if (!over()) {
        loop.after((long) (random.nextExponential() * SECOND), this::crash);
      }
    }

    private void reload() {
      events++;
      limits.become(config(++reloads), loop.nanoTime());
      if (!over()) {
        loop.after(SECOND / 2, this::reload);
      }
    }

    private void answer(Call call, Next next) {
      Attempt attempt = Objects.requireNonNull(call.attempt());
      Replica replica = Objects.requireNonNull(attempt.held(Reservation.class)).replica();
      var truth = new Truth();
      truths.put(call, truth);
      var answer = new Answer(call, attempt, replica, truth);
      running.add(answer);
      attempt.hold(answer);
      answer.later();
    }

    /// An engine that streams, tells its usage or does not, and sometimes breaks.
    private final class Answer implements Held {
      private final Call call;
      private final Attempt attempt;
      private final Replica replica;
      private final Truth truth;
      private final int tells = random.nextInt(3);
      private int left = 1 + random.nextInt(80);
      private @Nullable Timer timer;

      Answer(Call call, Attempt attempt, Replica replica, Truth truth) {
        this.call = call;
        this.attempt = attempt;
        this.replica = replica;
        this.truth = truth;
      }

      void later() {
        long pause = (long) (random.nextExponential() * 15 * MS);
        timer = loop.at(loop.nanoTime() + pause, this::chunk);
      }

      private void chunk() {
        events++;
        if (random.nextInt(400) == 0) {
          errors++;
          fails();
          return;
        }
        boolean first = !call.progress().content();
        call.progress().delta(loop.nanoTime());
        truth.since++;
        if (first && tells == 2) {
          tell(1); // as Anthropic's dialect does, before it goes on
        }
        if (--left > 0) {
          later();
          return;
        }
        if (tells > 0) {
          tell(1 + random.nextInt(900));
        }
        attempt.end(new Served(200));
      }

      private void tell(long output) {
        long prompt = truth.told ? truth.prompt : 1 + random.nextInt(3_000);
        call.progress().usage(prompt, output);
        truth.told = true;
        truth.prompt = prompt;
        truth.output = output;
        truth.since = 0;
      }

      void fails() {
        attempt.end(new Failed(Cause.UPSTREAM_BROKE, call.progress().content(), "broke"));
      }

      @Override
      public void close() {
        if (timer != null) {
          timer.cancel();
        }
        running.remove(this);
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
