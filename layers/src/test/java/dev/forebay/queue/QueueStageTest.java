package dev.forebay.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.TimedLoop;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Request;
import dev.forebay.pipeline.Stage;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryConfig;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who waits for an account that is full: whoever is asked of no other pool any more; and what is
/// charged for whoever leaves.
class QueueStageTest {
  private static final RetryConfig RETRY = new RetryConfig(2, 10);
  private static final QueueConfig CONFIG =
      new QueueConfig(
          9,
          Long.MAX_VALUE,
          Duration.ofSeconds(60),
          Collections.nCopies(QueueConfig.CLASSES, Duration.ofSeconds(10)),
          50);

  private final TimedLoop loop = new TimedLoop();
  private final Pool large = new Pool("large", Dialect.OPENAI, false, List.of());
  private final Pool small = new Pool("small", Dialect.OPENAI, false, List.of());
  private final Pool tiny = new Pool("tiny", Dialect.OPENAI, false, List.of());
  private final List<Outcome> told = new ArrayList<>();

  @Test
  void itWaitsInTheLastOfThePoolsThatStandInForItsOwn() {
    Call call = Calls.call(loop, Calls.request(true));
    enter(call, "m");

    assertThat(told).isEmpty();
    assertThat(call.waiting()).isTrue();
    assertThat(call.tried().stream().map(Attempt::pool)).containsExactly("large");
    assertThat(call.attempt()).extracting(Attempt::pool).isEqualTo("small");
  }

  @Test
  void itWaitsInItsOwnPoolIfItCannotBeAskedOfOthersUnderTheirNameForTheModel() {
    Call call = callThatKeepsItsModel();
    enter(call, "other");

    assertThat(told).isEmpty();
    assertThat(call.waiting()).isTrue();
    assertThat(call.tried()).isEmpty();
  }

  @Test
  void itDoesNotWaitWhereAnotherPoolIsAskedNext() {
    Call call = Calls.call(loop, Calls.request(true));
    enter(call, "m");

    assertThat(call.tried().getFirst().outcome())
        .isInstanceOfSatisfying(
            Shed.class, shed -> assertThat(shed.reason()).isEqualTo(Reason.ACCOUNT_FULL));
  }

  @Test
  void whoseCallerLeftJustAsItGotRoomHasUsedNothing() {
    var one = new Slots(1);
    Stage path = path(one, new Chain("m"));
    Call runs = Calls.call(loop, Calls.request(true));
    path.handle(runs, call -> requireNonNull(call.attempt()).on("gpu-0"));
    Call waits = Calls.call(loop, Calls.request(true));
    path.handle(waits, _ -> {});
    assertThat(waits.waiting()).isTrue();

    runs.end(new Served(200));
    loop.execute(() -> waits.abandon(new Failed(Cause.CLIENT_GONE, false, "left")));
    loop.runUntil(loop.nanoTime());

    assertThat(one.taken()).isZero();
    assertThat(one.used).containsExactly(0L);
  }

  @Test
  void whoseCallerLeavesAnEngineAtWorkHasUsedItAndWhoseEngineFailsHasNot() {
    assertThat(nextAfter(new Failed(Cause.CLIENT_GONE, false, "left"))).isEqualTo("other");
    assertThat(nextAfter(new Failed(Cause.DEADLINE, false, "late"))).isEqualTo("other");
    assertThat(nextAfter(new Failed(Cause.UPSTREAM_BROKE, false, "died"))).isEqualTo("acme");
  }

  /// Of acme, who comes first, and other, whoever is next when a call of acme has ended so.
  private String nextAfter(Outcome outcome) {
    List<Call> started = new ArrayList<>();
    Stage path = path(new Slots(1), new Chain("m"));
    for (String tenant : List.of("first", "acme", "acme", "other")) {
      path.handle(
          callOf(tenant),
          call -> {
            requireNonNull(call.attempt()).on("gpu-0");
            started.add(call);
          });
    }
    started.getLast().abandon(new Served(200));
    loop.runUntil(loop.nanoTime());
    started.getLast().abandon(outcome);
    loop.runUntil(loop.nanoTime());
    return started.getLast().caller().tenant();
  }

  private Call callThatKeepsItsModel() {
    return new Call("call-1", loop, Calls.request(true), loop.nanoTime()) {
      @Override
      public boolean renames() {
        return false;
      }
    };
  }

  private Call callOf(String tenant) {
    Caller caller = new Caller(tenant, "key", 1, Network.UNKNOWN);
    return new Call("call-1", loop, Calls.request(true), caller, loop.nanoTime());
  }

  @Test
  void aReloadWakesThoseForWhomThereIsRoomNow() {
    var closed = new Slots(0);
    closed.refusal = new RetryAt(Reason.UPSTREAM_BUSY, loop.nanoTime() + 1_000_000_000);
    Fleet fleet = new Chain("other");
    var queues = new Queues(CONFIG, closed);
    Call waits = callThatKeepsItsModel();
    path(queues, fleet).handle(waits, _ -> {});
    assertThat(waits.waiting()).isTrue();

    queues.become(CONFIG, new Slots(1), fleet);
    loop.runUntil(loop.nanoTime());

    assertThat(waits.waiting()).isFalse();
  }

  /// @param model what the other pools call it
  private void enter(Call call, String model) {
    var full = new Slots(0);
    full.refusal = new RetryAt(Reason.ACCOUNT_FULL, loop.nanoTime() + 50_000_000);
    call.onEnd(told::add);
    path(full, new Chain(model)).handle(call, _ -> {});
  }

  private static Stage path(Slots slots, Fleet fleet) {
    return path(new Queues(CONFIG, slots), fleet);
  }

  private static Stage path(Queues queues, Fleet fleet) {
    var retry = new RetryStage(new RetryPolicy(RETRY), fleet, new RetryBudgets(RETRY));
    var queue = new QueueStage(fleet, queues);
    return (call, next) -> retry.handle(call, each -> queue.handle(each, next));
  }

  /// One stands in for the next.
  private final class Chain implements Fleet {
    private final Map<Pool, List<Destination>> fallbacks;

    Chain(String model) {
      fallbacks =
          Map.of(
              large, List.of(new Destination(small, model)),
              small, List.of(new Destination(tiny, model)));
    }

    @Override
    public Pool poolFor(Request request) {
      return large;
    }

    @Override
    public List<Pool> pools() {
      return List.of(large, small, tiny);
    }

    @Override
    public List<Destination> fallbacks(Request request, Pool pool) {
      return fallbacks.getOrDefault(pool, List.of());
    }
  }
}
