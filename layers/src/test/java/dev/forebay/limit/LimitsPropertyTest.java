package dev.forebay.limit;

import static dev.forebay.limit.LimitConfigs.requests;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Rate;
import dev.forebay.limit.Decision.Passed;
import dev.forebay.limit.Decision.Refused;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Laws of limits, whatever happens in whatever order.
class LimitsPropertyTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void aMillionEventsAreDecidedAsByAPlainModelAndEveryPermitComesBack() {
    int events = 0;
    var refusals = new LinkedHashMap<Reason, Integer>();
    for (long seed = 1; seed <= 20; seed++) {
      var world = new World(Seeds.random(seed), seed % 2 == 0 ? 4_000 : 40_000);
      for (int i = 0; i < 50_000; i++) {
        world.step();
        events++;
      }
      world.endAll();
      world.leavesNothingBehind();
      assertThat(world.passed).isGreaterThan(1_000);
      world.refusals.forEach((reason, times) -> refusals.merge(reason, times, Integer::sum));
    }
    assertThat(refusals).as("every kind of refusal was met").hasSize(3);
    assertThat(events).isEqualTo(1_000_000);
  }

  /// Everybody's limits and a plain model of them, side by side.
  private static final class World {
    private static final LimitSet GLOBAL = set(125, 50, 200_000, 200_000, 60);
    private static final LimitSet MODEL = set(100, 30, 100_000, 100_000, 40);
    private static final LimitSet TENANT = set(80, 20, 80_000, 60_000, 25);
    private static final LimitSet KEY = set(50, 10, 50_000, 50_000, 20);
    private static final LimitSet ADDRESS = set(10, 5, 20_000, 20_000, 4);
    private static final LimitSet USER = set(8, 4, 10_000, 20_000, 3);

    private final RandomGenerator random;
    private final int promptChars;
    private final Limits limits;
    private final LeakyBuckets model = new LeakyBuckets();
    private final List<Running> running = new ArrayList<>();
    private final Map<Reason, Integer> refusals = new LinkedHashMap<>();
    private long now;
    private int calls;
    private int passed;

    /// @param promptChars of the longest prompt; long ones make tokens what binds
    World(RandomGenerator random, int promptChars) {
      this.random = random;
      this.promptChars = promptChars;
      now = random.nextLong();
      var config = new LimitConfigs();
      config.global = GLOBAL;
      config.address = ADDRESS;
      config.user = USER;
      for (int i = 0; i < 3; i++) {
        config.model("m" + i, MODEL);
        config.tenant("t" + i, TENANT, Map.of("k0", KEY, "k1", KEY));
      }
      limits = new Limits(config.build(), random.nextLong(), now);
    }

    private static LimitSet set(long rps, long burst, long tps, long tokens, int permits) {
      return new LimitSet(
          List.of(Requests.of(rps + "/s", burst)),
          List.of(Tokens.of(tps + "/s", tokens)),
          List.of(Concurrency.of(permits)));
    }

    private static final class Running {
      private final Grant grant;
      private final Progress progress = new Progress();
      private final Map<String, LimitSet> levels;
      private long output;

      Running(Grant grant, Map<String, LimitSet> levels, long output) {
        this.grant = grant;
        this.levels = levels;
        this.output = output;
      }
    }

    void step() {
      now += (long) (random.nextExponential() * MS);
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> start();
        case 4, 5 -> stream();
        case 6 -> usage();
        case 7, 8, 9 -> {
          if (!running.isEmpty() && running.size() > random.nextInt(120)) {
            end(running.remove(random.nextInt(running.size())));
          }
        }
        default -> throw new AssertionError();
      }
    }

    private void start() {
      int tenant = random.nextInt(3);
      int key = random.nextInt(2);
      int name = random.nextInt(3);
      int address = random.nextInt(30);
      int user = random.nextInt(30);
      var levels = new LinkedHashMap<String, LimitSet>();
      levels.put("all", GLOBAL);
      levels.put("m" + name, MODEL);
      levels.put("t" + tenant, TENANT);
      levels.put("t" + tenant + "/k" + key, KEY);
      levels.put("a" + address, ADDRESS);
      levels.put("t" + tenant + "/u" + user, USER);
      var request =
          new Request(
              Operation.CHAT,
              "m" + name,
              true,
              false,
              random.nextInt(2) * random.nextInt(1_000),
              1,
              new Request.Prompt(random.nextInt(promptChars), 0, 1, 0, 0),
              "u" + user,
              null,
              0,
              false,
              true);
      var caller = new Caller("t" + tenant, "k" + key, 1, new Network(address));
      var call = new Call("c" + calls++, new HandLoop(), request, caller, now);
      long output = request.maxTokens() == 0 ? 700 : Math.min(700, request.maxTokens());
      long tokens = request.prompt().tokens() + output;
      long wait = waitByModel(levels, tokens);
      boolean full = levels.entrySet().stream().anyMatch(this::full);
      switch (limits.admit(call, now, 0)) {
        case Passed(var grant, long delay, _) -> {
          assertThat(wait).isZero();
          assertThat(full).isFalse();
          assertThat(delay).isZero();
          take(levels, tokens);
          running.add(new Running(grant, levels, output));
          passed++;
        }
        case Refused(var reason, long told, _) -> {
          assertThat(wait > 0 || full).isTrue();
          refusals.merge(reason, 1, Integer::sum);
          if (reason == Reason.CONCURRENCY_LIMITED) {
            assertThat(full).isTrue();
            assertThat(told).isGreaterThanOrEqualTo(wait);
          } else {
            assertThat(told).isEqualTo(wait);
          }
        }
        case Decision.NeverFits _, Decision.Forbidden _ -> throw new AssertionError();
      }
    }

    private long waitByModel(Map<String, LimitSet> levels, long tokens) {
      long wait = 0;
      for (var level : levels.entrySet()) {
        Requests requests = level.getValue().requests().getFirst();
        Tokens limit = level.getValue().tokens().getFirst();
        long each = 1_000 * MS / requests.rate().units();
        long eachToken = 1_000 * MS / limit.rate().units();
        wait =
            Math.max(
                wait,
                model.level(level.getKey() + " requests", now)
                    + each
                    - (requests.burst() + 1) * each);
        wait =
            Math.max(
                wait,
                model.level(level.getKey() + " tokens", now)
                    + tokens * eachToken
                    - limit.burst() * eachToken);
      }
      return wait;
    }

    private boolean full(Map.Entry<String, LimitSet> level) {
      return model.held(level.getKey()) >= level.getValue().concurrency().getFirst().most();
    }

    private void take(Map<String, LimitSet> levels, long tokens) {
      levels.forEach((name, set) -> {
        Rate rate = set.requests().getFirst().rate();
        model.pour(name + " requests", 1_000 * MS / rate.units(), now);
        model.hold(name, 1);
      });
      pourTokens(levels, tokens);
    }

    private void pourTokens(Map<String, LimitSet> levels, long tokens) {
      levels.forEach((name, set) ->
          model.pour(
              name + " tokens",
              tokens * (1_000 * MS / set.tokens().getFirst().rate().units()),
              now));
    }

    private void stream() {
      if (running.isEmpty()) {
        return;
      }
      Running call = running.get(random.nextInt(running.size()));
      for (int i = random.nextInt(400); i > 0; i--) {
        call.progress.delta(now);
      }
      limits.meter(call.grant, call.progress, now);
      long beyond = call.progress.completionTokens() - call.output;
      if (beyond > 0) {
        long more = (beyond + 255) / 256 * 256;
        call.output += more;
        pourTokens(call.levels, more);
      }
    }

    private void usage() {
      if (!running.isEmpty()) {
        running
            .get(random.nextInt(running.size()))
            .progress
            .usage(1 + random.nextInt(2_000), random.nextInt(1_000));
      }
    }

    private void end(Running call) {
      Settlement settlement = limits.settle(call.grant, call.progress, now, 0);
      long taken = call.grant.promptTokens() + call.output;
      long used = settlement.promptTokens() + settlement.outputTokens();
      if (call.progress.deltas() == 0 && !call.progress.usageIsWhole()) {
        assertThat(used).isZero();
      }
      pourTokens(call.levels, used - taken);
      call.levels.keySet().forEach(name -> model.hold(name, -1));
      assertThat(limits.settle(call.grant, call.progress, now, 0)).isEqualTo(Settlement.NOTHING);
    }

    void endAll() {
      PermitAudit audit = limits.audit(running::size, now);
      assertThat(audit.difference()).isZero();
      assertThat(audit.grants()).isEqualTo(running.size());
      while (!running.isEmpty()) {
        end(running.removeLast());
      }
    }

    void leavesNothingBehind() {
      PermitAudit audit = limits.audit(() -> 0, now);
      assertThat(audit.grants()).isZero();
      assertThat(audit.difference()).isZero();
      assertThat(audit.limits()).isNotEmpty().allMatch(line -> line.held() == 0);
      assertThat(model.allHeld()).isZero();
      assertThat(limits.readings()).allMatch(reading -> reading.forgotten() == 0);
    }
  }

  @Test
  void acrossAHundredReloadsNobodyGetsMoreThanRateTimesTimePlusBurst() {
    Seeds.forAll(
        40,
        random -> {
          long now = random.nextLong();
          var config = new LimitConfigs();
          var limit = draw(random);
          var limits = new Limits(config.build(), 1, now);
          var keys = new ArrayList<Passes>();
          for (int i = 0; i < 5; i++) {
            keys.add(new Passes());
          }
          for (int swap = 0; swap < 100; swap++) {
            limit = draw(random);
            config.address = requests(limit);
            config.tenant("t", requests(limit));
            limits.become(config.build(), now);
            for (int i = 0; i < 60; i++) {
              long step = (long) (random.nextExponential() * 20 * MS);
              now += step;
              for (Passes each : keys) {
                each.elapse(step, limit);
              }
              int key = random.nextInt(keys.size());
              // The last of them is a tenant, the others are addresses.
              var caller =
                  key == 4
                      ? new Caller("t", "", 1, new Network(99 + i))
                      : new Caller("none", "", 1, new Network(key));
              var call = new Call("c", new HandLoop(), LimitsTest.request("m", null), caller, now);
              if (limits.admit(call, now, 0) instanceof Passed) {
                keys.get(key).pass(limit);
              }
            }
          }
          assertThat(keys).allMatch(each -> each.count > 100);
        });
  }

  private static Requests draw(RandomGenerator random) {
    Rate.Per per = random.nextBoolean() ? Rate.Per.SECOND : Rate.Per.MINUTE;
    long units = 1L + random.nextInt(per == Rate.Per.SECOND ? 30 : 1_800);
    return new Requests(new Rate(units, per), random.nextInt(20), Requests.NODELAY, false);
  }

  /// What one caller got, and the law that it is held to: the level of a bucket that is never more
  /// than full, in units, which is what every interval together comes to.
  private static final class Passes {
    private double level;
    private int count;

    void elapse(long nanos, Requests limit) {
      double nanosPerUnit = (double) limit.rate().per().nanos() / limit.rate().units();
      level = Math.max(0, level - nanos / nanosPerUnit);
    }

    void pass(Requests limit) {
      level++;
      count++;
      assertThat(level).isLessThanOrEqualTo(limit.burst() + 1 + 1e-6);
    }
  }

  @Test
  void aLimitThatIsGoneIsForgottenAndOneThatStaysRemembersThroughAnotherTime() {
    var config = new LimitConfigs();
    config.global = requests("10/h", 9);
    var limits = new Limits(config.build(), 1, 0);
    for (int i = 0; i < 10; i++) {
      assertThat(admit(limits)).isInstanceOf(Passed.class);
    }
    config.global = requests("5/min", 9);
    limits.become(config.build(), 0);
    assertThat(admit(limits)).isInstanceOf(Refused.class);
    config.global = LimitSet.NONE;
    limits.become(config.build(), 0);
    config.global = requests("5/min", 9);
    limits.become(config.build(), 0);
    assertThat(admit(limits)).isInstanceOf(Passed.class);
  }

  private static Decision admit(Limits limits) {
    return limits.admit(new Call("c", new HandLoop(), LimitsTest.request("m", null), 0), 0, 0);
  }
}
