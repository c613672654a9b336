package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Pool;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Degradation.Step;
import dev.forebay.pipeline.Leeway;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Request;
import dev.forebay.pipeline.Stage;
import dev.forebay.queue.QueueStage;
import dev.forebay.queue.Queues;
import dev.forebay.retry.DegradeConfig;
import dev.forebay.retry.Ladder;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The ladder under load that its engines cannot serve: a large model that is asked for three times
/// what it can, half of it by tenants who agreed to less, and a small one of its family with
/// callers of its own.
class LadderTest {
  private static final double CAPACITY = 7;
  private static final Set<String> AGREED = Set.of("tenant-0", "tenant-1");
  private static final Duration LENGTH = Duration.ofSeconds(40);

  @Test
  void noStepServesLessThanNoneAndASmallerModelServesMore() {
    var none = new World().run();
    var model = new World(Step.MODEL).run();
    var tokens = new World(Step.MAX_TOKENS).run();
    var both = new World(Step.MODEL, Step.MAX_TOKENS).run();

    assertThat(model.good()).isGreaterThan(none.good() * 12 / 10);
    assertThat(tokens.good()).isGreaterThan(none.good());
    assertThat(both.good()).isGreaterThanOrEqualTo(model.good() * 98 / 100);
    for (World world : List.of(model, tokens, both)) {
      assertThat(world.goodOfSmall())
          .as("callers of the small model are not pushed out")
          .isGreaterThanOrEqualTo(none.goodOfSmall() * 97 / 100);
      assertThat(world.goodOfOthers())
          .as("those who did not agree lose next to nothing")
          .isGreaterThanOrEqualTo(none.goodOfOthers() * 90 / 100);
    }
    assertThat(none.degraded).isZero();
    assertThat(both.degraded).isGreaterThanOrEqualTo(model.degraded);
  }

  /// Two pools, and who calls them.
  private static final class World {
    private final VirtualLoop loop = new VirtualLoop();
    private final Clients ofLarge;
    private final Clients ofSmall;
    private int degraded;

    World(Step... steps) {
      var large = new SimulatedFleet("large", EngineSpec.TIGHT, 1, loop);
      var small = new SimulatedFleet("small", EngineSpec.TIGHT, 1, loop);
      var rooms = new Rooms();
      large.onScrape((replica, shown) -> rooms.observed(replica, Forebay.telemetry(shown)));
      small.onScrape((replica, shown) -> rooms.observed(replica, Forebay.telemetry(shown)));
      var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
      var capacity = new PowerOfTwoChoices(Forebay.DEFAULTS.gpu(), rooms, random);
      var queues = new Queues(Forebay.DEFAULTS.queue(), capacity);
      var leeway = new Leeway(List.of(steps), List.of());
      Stage agree =
          (call, next) -> {
            call.leeway(agreed(call) ? leeway : Leeway.NONE);
            next.proceed(call);
          };
      var family = new Family(large, small);
      var ladder = new Ladder(new DegradeConfig(Map.of(SimulatedFleet.MODEL, "small"), 64));
      ofLarge = clients(family, family, 3 * CAPACITY, 1, agree, ladder, queues, capacity);
      ofSmall =
          clients(small, small, CAPACITY / 2, 2, (c, n) -> n.proceed(c), ladder, queues, capacity);
    }

    private Clients clients(
        Fleet fleet,
        Stage upstream,
        double rate,
        long seed,
        Stage agree,
        Ladder ladder,
        Queues queues,
        PowerOfTwoChoices capacity) {
      var path =
          new Pipeline(
              List.of(
                  agree,
                  new RetryStage(
                      new RetryPolicy(Forebay.DEFAULTS.retry()),
                      fleet,
                      new RetryBudgets(Forebay.DEFAULTS.retry()),
                      ladder),
                  new QueueStage(fleet, queues),
                  new GpuStage(
                      fleet,
                      new Makers(Forebay.DEFAULTS.gpu().affinity()),
                      capacity,
                      new OutlierEjection(Forebay.DEFAULTS.gpu()),
                      _ -> {},
                      _ -> {}),
                  upstream));
      return new Clients(
          loop,
          path,
          ClientConfig.STOCK,
          Slo.DEFAULT,
          ChatWorkload.SYNTHETIC.intents(new Pace.Flat(rate), LENGTH, seed),
          seed,
          this::ended);
    }

    World run() {
      ofLarge.begin();
      ofSmall.begin();
      while (!ofLarge.done() || !ofSmall.done()) {
        loop.runUntil(loop.nanoTime() + TimeUnit.SECONDS.toNanos(1));
      }
      return this;
    }

    private static boolean agreed(Call call) {
      return AGREED.contains(call.caller().tenant());
    }

    /// Who is not refused, or did not agree, is not degraded.
    private void ended(Call call, Outcome outcome) {
      boolean less = !call.degradation().equals(Degradation.NONE);
      degraded += less ? 1 : 0;
      if (less) {
        assertThat(agreed(call)).isTrue();
        assertThat(call.tried().getFirst().outcome()).isInstanceOf(Shed.class);
        assertThat(call.tried().getFirst().degradation()).isEqualTo(Degradation.NONE);
      }
    }

    long good() {
      return good(ofLarge, _ -> true);
    }

    long goodOfOthers() {
      return good(ofLarge, tenant -> !AGREED.contains(tenant));
    }

    long goodOfSmall() {
      return good(ofSmall, _ -> true);
    }

    private static long good(Clients clients, Predicate<String> tenants) {
      return clients.stories().stream()
          .filter(story -> tenants.test(story.intent().tenant()) && story.good(Slo.DEFAULT))
          .count();
    }
  }

  /// Both pools.
  private record Family(SimulatedFleet large, SimulatedFleet small) implements Fleet, Stage {
    @Override
    public @Nullable Pool poolFor(Request request) {
      return of(request.model()).poolFor(request);
    }

    @Override
    public List<Pool> pools() {
      return List.of(large.pools().getFirst(), small.pools().getFirst());
    }

    @Override
    public void handle(Call call, Next next) {
      of(Objects.requireNonNull(Objects.requireNonNull(call.attempt()).model())).handle(call, next);
    }

    private SimulatedFleet of(String model) {
      return model.equals("small") ? small : large;
    }
  }
}
