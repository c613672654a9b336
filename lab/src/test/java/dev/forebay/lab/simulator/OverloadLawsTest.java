package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Replica;
import dev.forebay.lab.goodput.Score;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.Slo;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// What the product's own stages promise under overload, whatever engines show of themselves.
class OverloadLawsTest {
  private static final double CAPACITY = 7;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void inTenMinutesAtTwiceTheLoadNoEnginePreempts() {
    Run run = Run.of(new Forebay(), at(2).during(Duration.ZERO, Duration.ofMinutes(10)), 1);

    assertThat(run.stories()).hasSizeGreaterThan(8_000);
    assertThat(run.fleet().preemptions()).isZero();
  }

  @Test
  void whereAnswersAreSuddenlyThreeTimesAsLongHardlyAnyIsPreempted() {
    UnaryOperator<Intent> longer =
        intent ->
            intent.atNanos() < 120 * SECOND
                ? intent
                : with(intent, intent.promptTokens(), 3 * intent.outputTokens());
    Run run =
        Run.of(
            new Forebay(), changed(at(2), longer).during(Duration.ZERO, Duration.ofMinutes(6)), 1);

    assertThat(run.fleet().preemptions()).isLessThanOrEqualTo(run.fleet().asked() / 200);
  }

  @Test
  void nothingIsSentThatIsOverdue() {
    List<Long> late = new ArrayList<>();
    Contender watched =
        around(
            new Forebay(),
            (call, next) -> {
              if (call.deadlineNanos() - call.loop().nanoTime() < 0) {
                late.add(call.loop().nanoTime());
              }
              next.proceed(call);
            });
    Run run = Run.of(watched, at(10), 1);

    assertThat(run.fleet().asked()).isGreaterThan(1_000);
    assertThat(late).isEmpty();
  }

  /// Even where a prompt in ten fills most of an engine, and has to wait until it is empty.
  @Test
  void noEngineIsIdleWhileAnybodyWaits(TestReporter reporter) {
    UnaryOperator<Intent> large =
        intent -> intent.number() % 10 == 0 ? with(intent, 40_000, intent.outputTokens()) : intent;
    var watch = new IdleWatch(new Forebay());
    Run.of(watch, changed(at(6), large).withReplicas(3), 1);

    assertThat(watch.looksWaiting).isGreaterThan(5_000);
    assertThat(watch.idle).isZero();
    reporter.publishEntry("nothing started for %d ms at most".formatted(10 * watch.longestGap));
  }

  /// Looks each 10 ms whether an engine has had nothing to do for 50 ms while calls waited.
  private static final class IdleWatch implements Contender {
    private static final long LOOK = SECOND / 100;
    private static final int LONG = 5;

    private final Contender watched;
    private final Map<Replica, Integer> idleFor = new HashMap<>();
    private int waiting;
    private int started;
    private int looksWaiting;
    private int idle;
    private int gap;
    private int longestGap;

    IdleWatch(Contender watched) {
      this.watched = watched;
    }

    @Override
    public String name() {
      return watched.name();
    }

    @Override
    public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
      loop.after(LOOK, () -> look(fleet, loop));
      Set<Call> waits = new HashSet<>();
      List<Stage> stages = new ArrayList<>();
      stages.add((call, next) -> {
        waits.add(call);
        waiting++;
        call.hold(() -> waiting -= waits.remove(call) ? 1 : 0);
        next.proceed(call);
      });
      stages.addAll(watched.stages(fleet, loop, seed));
      stages.add((call, next) -> {
        started++;
        waiting -= waits.remove(call) ? 1 : 0;
        next.proceed(call);
      });
      return stages;
    }

    private void look(SimulatedFleet fleet, VirtualLoop loop) {
      looksWaiting += waiting > 0 ? 1 : 0;
      gap = waiting > 0 && started == 0 ? gap + 1 : 0;
      longestGap = Math.max(longestGap, gap);
      started = 0;
      for (Replica replica : fleet.replicas()) {
        Telemetry truth = fleet.truth(replica);
        boolean nothing = waiting > 0 && truth.running() + truth.waiting() == 0;
        int looks = nothing ? idleFor.merge(replica, 1, Integer::sum) : 0;
        idleFor.put(replica, looks);
        idle += looks > LONG ? 1 : 0;
      }
      loop.after(LOOK, () -> look(fleet, loop));
    }
  }

  @Test
  void theLongestTenthOfPromptsIsServedAQuarterAsOftenAsTheBestTenthAtFiveTimesTheLoad() {
    Run run = Run.of(new Forebay(), at(5).during(Duration.ZERO, Duration.ofMinutes(5)), 1);

    assertThat(Score.of(run.ran()).served().longestToBest()).isGreaterThanOrEqualTo(0.25);
  }

  @Test
  void whereEnginesShowNothingForAMinuteWorkGoesOn() {
    long from = 60 * SECOND;
    long to = 120 * SECOND;
    Contender blind =
        shown(t -> t.atNanos() >= from && t.atNanos() < to ? Optional.empty() : Optional.of(t));

    Run normal = Run.of(new Forebay(), at(2), 1);
    Run run = Run.of(blind, at(2), 1);

    assertThat(good(run, from, to)).isGreaterThanOrEqualTo(good(normal, from, to) * 8 / 10);
    assertThat(run.fleet().preemptions()).isZero();
  }

  @Test
  void anEngineThatAlwaysShowsItselfEmptyIsProtectedByWhatWasPromised() {
    Contender deceived =
        shown(
            t -> Optional.of(new Telemetry(t.atNanos(), 0, 0, 0, 0, t.kvTokens(), t.maxNumSeqs())));

    Run normal = Run.of(new Forebay(), at(2), 1);
    Run run = Run.of(deceived, at(2), 1);

    assertThat(run.fleet().preemptions()).isZero();
    assertThat(good(run)).isGreaterThanOrEqualTo(good(normal) * 8 / 10);
  }

  @Test
  void twoGatewaysThatKnowNothingOfEachOtherShareAnEngine() {
    Contender two =
        new Contender() {
          @Override
          public String name() {
            return "two";
          }

          @Override
          public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
            Pipeline one = gateway(fleet, loop, seed);
            Pipeline other = gateway(fleet, loop, ~seed);
            return List.of((call, _) ->
                (((SimulatedCall) call).intent().number() % 2 == 0 ? one : other).enter(call));
          }

          private static Pipeline gateway(SimulatedFleet fleet, VirtualLoop loop, long seed) {
            List<Stage> stages = new ArrayList<>(new Forebay().stages(fleet, loop, seed));
            stages.add(fleet);
            return new Pipeline(stages);
          }
        };
    Run alone = Run.of(new Forebay(), at(2), 1);
    Run run = Run.of(two, at(2), 1);

    assertThat(run.fleet().preemptions()).isLessThanOrEqualTo(run.fleet().asked() / 100);
    assertThat(good(run)).isGreaterThanOrEqualTo(good(alone) * 85 / 100);
  }

  private static Scenario at(double load) {
    return Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(load * CAPACITY));
  }

  /// The product before engines that show something else than the truth.
  private static Contender shown(Function<Telemetry, Optional<Telemetry>> instead) {
    return new Contender() {
      @Override
      public String name() {
        return "deceived";
      }

      @Override
      public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
        fleet.show(instead);
        return new Forebay().stages(fleet, loop, seed);
      }
    };
  }

  private static Contender around(Contender contender, Stage last) {
    return new Contender() {
      @Override
      public String name() {
        return contender.name();
      }

      @Override
      public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
        List<Stage> stages = new ArrayList<>(contender.stages(fleet, loop, seed));
        stages.add(last);
        return stages;
      }
    };
  }

  private static Scenario changed(Scenario scenario, UnaryOperator<Intent> change) {
    Workload of = scenario.workload();
    Workload other =
        new Workload() {
          @Override
          public String name() {
            return of.name();
          }

          @Override
          public EngineSpec engine() {
            return of.engine();
          }

          @Override
          public List<Intent> intents(Pace pace, Duration length, long seed) {
            return of.intents(pace, length, seed).stream().map(change).toList();
          }
        };
    return Scenario.of(other, scenario.pace());
  }

  private static Intent with(Intent intent, int promptTokens, int outputTokens) {
    return new Intent(
        intent.number(),
        intent.atNanos(),
        intent.tenant(),
        intent.priority(),
        promptTokens,
        (int) ((long) intent.promptChars() * promptTokens / intent.promptTokens()),
        intent.maxTokens() == 0 ? outputTokens : Math.min(intent.maxTokens(), outputTokens),
        intent.maxTokens(),
        intent.blocks());
  }

  private static long good(Run run) {
    return good(run, 0, Long.MAX_VALUE);
  }

  private static long good(Run run, long from, long to) {
    return run.stories().stream()
        .filter(story -> story.intent().atNanos() >= from && story.intent().atNanos() < to)
        .filter(story -> story.good(Slo.DEFAULT))
        .count();
  }
}
