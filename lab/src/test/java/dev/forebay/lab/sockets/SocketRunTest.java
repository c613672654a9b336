package dev.forebay.lab.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.forebay.lab.engine.CostModel;
import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.ClientConfig;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Forebay;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.Story;
import dev.forebay.lab.sockets.SocketRun.Found;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The gateway, an engine and users on loopback decide about each arrival as they do in virtual
/// time. Nobody comes twice, so an arrival is a call.
@Timeout(60)
class SocketRunTest {
  private static final List<String> TENANTS =
      List.of("tenant-0", "tenant-1", "tenant-2", "tenant-3");
  private static final ForebayWay FOREBAY = new ForebayWay(EngineProcess.MODEL, TENANTS);

  /// So that whoever waits when the last has come is let in or refused.
  private static final Duration DRAIN = Duration.ofSeconds(2);

  /// As long as the other runs take: the last that waits is answered then.
  private static final Duration DRAIN_OF_GIVEN = Duration.ofSeconds(5);

  private static final Duration WARM_UP = Duration.ofMillis(400);
  private static final int MOST_WARM_UPS = 10;

  /// Half of the usual one, so that two cores carry three of them.
  private static final EngineSpec ENGINE =
      new EngineSpec(EngineSpec.TIGHT.cost(), EngineSpec.TIGHT.scheduler().withKvTokens(30_000));

  /// Answers a second that it can make.
  private static final double CAPACITY = 3.5;

  /// One of those that hinge on little, as a test below shows.
  private static final long SEED = 101;

  /// A kappa that is reached by the same arrivals only.
  private static final double SAME = 0.5;

  private static final double IN_ORDER = 0.9;
  private static final int STRANGERS = 5;
  private static final int DRAWS = 5;
  private static final long APART = Duration.ofMillis(100).toNanos();
  private static final long LATE = Duration.ofMillis(100).toNanos();

  private static final Map<Scenario, Found> ON_SOCKETS = new ConcurrentHashMap<>();

  /// All side by side, as they mostly wait. Nothing starts while users live.
  @BeforeAll
  static void live() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var small = Stand.start(Given.ENGINE);
        var idle = Stand.start(ENGINE);
        var busy = Stand.start(ENGINE);
        var full = Stand.start(ENGINE)) {
      warmUp();
      List<Future<Found>> runs =
          List.of(
              threads.submit(() -> small.live(Given.SCENARIO, DRAIN_OF_GIVEN)),
              threads.submit(() -> idle.live(at(0.8), DRAIN)),
              threads.submit(() -> busy.live(at(2), DRAIN)),
              threads.submit(() -> full.live(at(5), DRAIN)));
      for (Future<Found> run : runs) {
        ON_SOCKETS.put(run.get().ran().scenario(), run.get());
      }
    }
  }

  /// Until users are on time.
  private static void warmUp() throws Exception {
    try (var stand = Stand.start(ENGINE)) {
      long late = Long.MAX_VALUE;
      for (int i = 0; i < MOST_WARM_UPS && late > LATE / 4; i++) {
        late = stand.live(at(5).during(Duration.ZERO, WARM_UP), WARM_UP).lateP99();
      }
    }
  }

  /// An engine and a gateway in this process.
  private record Stand(FakeEngine engine, Gateway gateway) implements AutoCloseable {
    static Stand start(EngineSpec spec) throws Exception {
      CostModel cost = spec.cost();
      var engine =
          FakeEngine.start(
              EngineConfig.of(cost.gpu(), cost.model(), cost.gpus())
                  .withModels(EngineProcess.MODEL)
                  .withScheduler(spec.scheduler()));
      String yaml = FOREBAY.configuration(engine.port());
      return new Stand(engine, Gateway.start(new ConfigLoader().parse(yaml, "test", Path.of(""))));
    }

    Found live(Scenario scenario, Duration drain) throws IOException {
      var front = new Front(gateway.port(), Map.of(), () -> {});
      return new SocketRun(scenario, SEED, drain, true).through(front, engine::readings);
    }

    @Override
    public void close() {
      gateway.close();
      engine.close();
    }
  }

  @Test
  void whereNothingIsCloseEveryDecisionIsTheSame() {
    Ran simulated = Run.of(new Forebay(), Given.SCENARIO, SEED).ran();
    Ran onSockets = onSockets(Given.SCENARIO);
    var agreement = decisions(simulated, onSockets);
    System.out.println("given:   " + agreement);
    excused(Given.SCENARIO, agreement.share() == 1);

    // Of those that wait, who came last goes first: by class, by tenant and by deadline.
    assertThat(started(simulated)).containsExactly(0, 1, 2, 3, 8, 7, 6, 5, 4);
    assertThat(started(onSockets)).isEqualTo(started(simulated));
    assertThat(agreement.share()).as(agreement.toString()).isEqualTo(1);
    assertThat(agreement.pairs())
        .isEqualTo(
            Map.of("in time", 9, "queue_timeout", 2, "server_overloaded", 2, "invalid_request", 1));
  }

  @Test
  void whereThereIsRoomEverybodyIsLetIn() {
    Ran simulated = Run.of(new Forebay(), at(0.8), SEED).ran();
    var agreement = decisions(simulated, onSockets(at(0.8)));
    System.out.println("at 0.8x: " + agreement);

    assertThat(started(simulated)).hasSize(agreement.arrivals());
    excused(at(0.8), agreement.share() == 1);
    assertThat(started(onSockets(at(0.8)))).hasSize(agreement.arrivals());
  }

  /// One decision that falls otherwise moves all that follow, so not all can be the same.
  @ParameterizedTest
  @ValueSource(doubles = {2, 5})
  void underOverloadMostDecisionsAreTheSameAndThoseOfStrangersAreNot(double load) {
    Ran simulated = Run.of(new Forebay(), at(load), SEED).ran();
    Ran onSockets = onSockets(at(load));
    var agreement = decisions(simulated, onSockets);
    var letIn = Agreement.of(simulated, onSockets, story -> story.letIn() ? "in" : "out");
    double order = sameOrder(simulated, onSockets);
    System.out.printf("at %.0fx:   %s%n", load, agreement);
    System.out.printf("         let in or not: %s%n", letIn);
    System.out.printf("         of two that start, the same one first: %.3f%n", order);

    excused(at(load), agreement.kappa() > SAME && order > IN_ORDER);
    assertThat(agreement.kappa()).as(agreement.toString()).isGreaterThan(SAME);
    assertThat(order).isGreaterThan(IN_ORDER);
    assertThat(onSockets.preemptions()).isZero();
    assertThat(onSockets.refusals().getTotalCount()).isPositive();
    assertThat(onSockets.queued().getTotalCount()).isEqualTo(started(onSockets).size());
    for (int i = 1; i <= STRANGERS; i++) {
      Ran others = Run.of(new Forebay(), at(load), SEED + i).ran();
      var strangers = decisions(simulated, others);
      System.out.printf("         another seed: %s%n", strangers);
      assertThat(strangers.kappa()).as(strangers.toString()).isLessThan(SAME);
    }
  }

  /// So what is found on sockets is no luck: neither that all is the same, nor that most is.
  @Test
  void decisionsHingeOnNoMillisecond() {
    Ran given = Run.of(new Forebay(), Given.SCENARIO, SEED).ran();
    Ran busy = Run.of(new Forebay(), at(2), SEED).ran();
    Ran full = Run.of(new Forebay(), at(5), SEED).ran();
    for (int draw = 0; draw < DRAWS; draw++) {
      Ran late = late(given, Duration.ofMillis(100), draw);
      assertThat(decisions(given, late).share()).as("draw %d", draw).isEqualTo(1);
      assertThat(started(late)).as("draw %d", draw).isEqualTo(started(given));
      for (Ran ran : List.of(busy, full)) {
        var agreement = decisions(ran, late(ran, Duration.ofMillis(30), draw));
        assertThat(agreement.kappa()).as("draw %d: %s", draw, agreement).isGreaterThan(SAME);
      }
    }
  }

  private static Ran late(Ran ran, Duration most, long draw) {
    Scenario on = ran.scenario();
    var scenario =
        new Scenario(
            new Late(on.workload(), most, draw),
            on.engine(),
            on.replicas(),
            on.pace(),
            on.warmUp(),
            on.length(),
            on.clients(),
            on.slo());
    return Run.of(new Forebay(), scenario, SEED).ran();
  }

  private static Ran onSockets(Scenario scenario) {
    return found(scenario).ran();
  }

  private static Found found(Scenario scenario) {
    return Objects.requireNonNull(ON_SOCKETS.get(scenario));
  }

  /// If users began late, the machine was too slow, and what differs means nothing.
  private static void excused(Scenario scenario, boolean alike) {
    long late = found(scenario).lateP99();
    System.out.printf("         users began %.1f ms late (p99)%n", late / 1e6);
    assumeThat(alike || late < LATE).as("users began on time").isTrue();
  }

  private static Scenario at(double load) {
    return Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(load * CAPACITY))
        .with(ENGINE)
        .during(Duration.ZERO, Duration.ofSeconds(5))
        .with(ClientConfig.STOCK.withRetries(0));
  }

  private static Agreement decisions(Ran one, Ran other) {
    Slo slo = one.scenario().slo();
    return Agreement.of(one, other, story -> decision(story, slo));
  }

  private static String decision(Story story, Slo slo) {
    if (!story.letIn()) {
      return story.code();
    }
    return story.firstNanos() <= slo.firstTokenNanos(story.intent().promptTokens())
        ? "in time"
        : "late";
  }

  private static long start(Story story) {
    return story.intent().atNanos() + story.firstNanos();
  }

  private static List<Integer> started(Ran ran) {
    return ran.stories().stream()
        .filter(Story::letIn)
        .sorted(Comparator.comparingLong(SocketRunTest::start))
        .map(story -> story.intent().number())
        .toList();
  }

  /// Of any two that both let in and that the first run starts apart, how many start in the same
  /// order.
  private static double sameOrder(Ran one, Ran other) {
    record Starts(long one, long other) {}
    Map<Integer, Long> others =
        other.stories().stream()
            .filter(Story::letIn)
            .collect(Collectors.toMap(story -> story.intent().number(), SocketRunTest::start));
    List<Starts> both =
        one.stories().stream()
            .filter(story -> story.letIn() && others.containsKey(story.intent().number()))
            .map(story ->
                new Starts(
                    start(story), Objects.requireNonNull(others.get(story.intent().number()))))
            .toList();
    int pairs = 0;
    int same = 0;
    for (Starts first : both) {
      for (Starts then : both) {
        if (then.one - first.one > APART) {
          pairs++;
          same += then.other > first.other ? 1 : 0;
        }
      }
    }
    return (double) same / pairs;
  }
}
