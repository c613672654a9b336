package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Account;
import dev.forebay.fleet.AccountConfig;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Makers.Maker;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Request;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryConfig;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Where calls about stored objects go.
class GpuStageTest {

  private final HandLoop loop = new HandLoop();
  private final Pool chat = pool("chat", Dialect.OPENAI, 3);
  private final Pool code = pool("code", Dialect.OPENAI, 2);
  private final Makers makers = new Makers(GpuConfigs.USUAL.affinity());
  private final List<String> asked = new ArrayList<>();
  private final List<Account> alerts = new ArrayList<>();

  @Test
  void aStoredObjectIsAskedForWhereItWasMade() {
    Seeds.forAll(
        200,
        random -> {
          Pool pool = random.nextBoolean() ? chat : code;
          Replica maker = pool.replicas().get(random.nextInt(pool.replicas().size()));
          String id = "resp_" + random.nextInt(1_000_000);
          makers.note("", id, new Maker(pool.name(), maker.name()), 0);
          assertThat(enter(Request.forStored(id, true), chat, code)).isNull();
          assertThat(asked.getLast()).isEqualTo(maker.name());
        });
  }

  @Test
  void aNewResponseFollowsThePreviousOneWhateverItsModel() {
    makers.note("", "resp_1", new Maker("code", "code-1"), 0);
    assertThat(enter(following("resp_1", "chat"), chat, code)).isNull();
    assertThat(asked).containsExactly("code-1");
  }

  @Test
  void anUnknownObjectIsNotLookedForAnywhere() {
    assertFailed(enter(Request.forStored("resp_9", true), chat, code), Cause.UNKNOWN_OBJECT);
    assertFailed(enter(following("resp_9", "chat"), chat, code), Cause.UNKNOWN_PREVIOUS);
    assertFailed(enter(following("resp_9", "other"), chat, code), Cause.UNKNOWN_MODEL);
    assertFailed(enter(Request.forStored("..", true), one()), Cause.UNKNOWN_OBJECT);
    assertThat(asked).isEmpty();
  }

  @Test
  void anUnknownObjectCanOnlyBeAtTheOnlyReplica() {
    Pool claude = pool("claude", Dialect.ANTHROPIC, 2);
    assertThat(enter(Request.forStored("resp_9", true), one(), claude)).isNull();
    assertThat(enter(following("resp_9", "one"), one(), code)).isNull();
    assertThat(asked).containsExactly("one-0", "one-0");
    assertFailed(enter(Request.forStored("resp_9", true), one(), code), Cause.UNKNOWN_OBJECT);
  }

  @Test
  void whoIsKnownByNameIsNotGivenWhatNobodyKnowsTheOwnerOf() {
    assertFailed(
        enter(owned(Request.forStored("resp_9", true), "tenant"), one()), Cause.UNKNOWN_OBJECT);
    makers.note("other", "resp_8", new Maker("one", "one-0"), 0);
    assertFailed(
        enter(owned(Request.forStored("resp_8", true), "tenant"), one()), Cause.UNKNOWN_OBJECT);
    assertThat(asked).isEmpty();
    assertThat(enter(owned(Request.forStored("resp_8", true), "other"), one())).isNull();
  }

  @Test
  void anObjectOfAReplicaThatLeftIsGoneUntilTheReplicaReturns() {
    makers.note("", "resp_1", new Maker("chat", "chat-2"), 0);
    List<Replica> all = chat.replicas();
    chat.replicas(all.subList(0, 2));
    Outcome outcome = enter(Request.forStored("resp_1", true), chat);
    assertFailed(outcome, Cause.UNKNOWN_OBJECT);
    assertThat(String.valueOf(outcome)).contains("resp_1", "chat-2");
    chat.replicas(all);
    assertThat(enter(Request.forStored("resp_1", true), chat)).isNull();
  }

  @Test
  void anEjectedReplicaIsAskedAndOneThatIsDownIsNot() {
    Replica maker = chat.replicas().get(1);
    makers.note("", "resp_1", new Maker("chat", maker.name()), 0);
    maker.health().eject(0, 1_000_000, 1_000_000);
    assertThat(enter(Request.forStored("resp_1", true), chat)).isNull();
    maker.health().markDown(0, 0);
    Outcome outcome = enter(Request.forStored("resp_1", true), chat);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Shed.class,
            shed -> {
              assertThat(shed.reason()).isEqualTo(Reason.REPLICA_DOWN);
              assertThat(shed.retryAfter())
                  .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_500));
            });
  }

  @Test
  void aRetryNeverMovesItElsewhere() {
    makers.note("", "resp_1", new Maker("chat", "chat-1"), 0);
    Call call = Calls.call(loop, following("resp_1", "chat"));
    Failed refused = new Failed(Cause.CONNECT, false, "cannot be reached");
    assertThat(enter(call, refused, chat)).isEqualTo(refused);
    assertThat(asked).containsExactly("chat-1");
    assertThat(call.replicas()).containsExactly("chat-1");
    assertThat(chat.replicas()).allMatch(replica -> replica.outstandingCalls() == 0);
  }

  @Test
  void whatAStoreAnswersSaysNothingOfTheReplicasHealth() {
    Replica maker = chat.replicas().get(1);
    makers.note("", "resp_1", new Maker("chat", maker.name()), 0);
    for (int i = 0; i < 10; i++) {
      Call call = Calls.call(loop, Request.forStored("resp_1", true));
      enter(call, new Failed(Cause.UPSTREAM_ERROR, false, "answered 500"), chat);
    }
    assertThat(asked).hasSize(10);
    assertThat(maker.health().ejected(0)).isFalse();
    assertThat(maker.health().failuresInARow()).isZero();
  }

  @Test
  void whoSaysWhenToComeBackSaysItForAllThatShareItsAccount() {
    var account = new Account("hosted");
    chat.account(account);
    code.account(account);
    var busy = new Shed(Reason.UPSTREAM_BUSY, Duration.ofSeconds(7));
    assertThat(enter(Calls.call(loop, Calls.request("chat", true)), busy, chat, code))
        .isEqualTo(busy);
    assertThat(asked).as("no second replica of the account").hasSize(1);
    loop.now(Duration.ofSeconds(3).toNanos());
    assertThat(enter(Calls.request("code", true), chat, code))
        .isEqualTo(new Shed(Reason.UPSTREAM_BUSY, Duration.ofSeconds(4)));
    assertThat(asked).as("nobody was asked").hasSize(1);
    loop.now(Duration.ofSeconds(7).toNanos());
    assertThat(enter(Calls.request("code", true), chat, code)).isNull();
    assertThat(asked).hasSize(2);
  }

  @Test
  void whoIsBusyIsAliveHoweverOftenItSaysSo() {
    Pool one = one();
    for (int i = 0; i < 20; i++) {
      enter(
          Calls.call(loop, Calls.request("one", true)),
          new Shed(Reason.UPSTREAM_BUSY, i % 2 == 0 ? Duration.ZERO : Duration.ofNanos(1)),
          one);
      loop.now(loop.nanoTime() + Duration.ofSeconds(1).toNanos() + 1);
    }
    assertThat(asked).hasSize(20);
    assertThat(one.replicas().getFirst().health().usable(loop.nanoTime())).isTrue();
    assertThat(one.replicas().getFirst().health().failuresInARow()).isZero();
  }

  @Test
  void anAccountThatIsRefusedIsToldOnceAndTriedOnceAMinuteUntilItServes() {
    var account = new Account("hosted");
    chat.account(account);
    var spent = new Failed(Cause.UPSTREAM_ACCOUNT, false, "answered 402");
    Request request = Calls.request("chat", true);
    assertThat(enter(Calls.call(loop, request), spent, chat)).isEqualTo(spent);
    assertThat(asked).as("never again on the same account").hasSize(1);
    assertThat(enter(request, chat))
        .isEqualTo(new Shed(Reason.UPSTREAM_ACCOUNT, Account.TRIAL_EVERY));
    loop.now(Account.TRIAL_EVERY.toNanos());
    assertThat(enter(Calls.call(loop, request), spent, chat)).isEqualTo(spent);
    assertThat(asked).hasSize(2);
    assertThat(alerts).containsExactly(account);
    assertThat(account.refusal()).isEqualTo("answered 402");
    loop.now(2 * Account.TRIAL_EVERY.toNanos());
    enter(Calls.call(loop, request), new Served(200), chat);
    assertThat(alerts).containsExactly(account, account);
    assertThat(account.refusal()).isNull();
    assertThat(enter(request, chat)).isNull();
    assertThat(chat.replicas()).allMatch(replica -> replica.health().failuresInARow() == 0);
  }

  @Test
  void ofAnAccountsTokensThoseAreTakenThatWereUsed() {
    var account = new Account("hosted");
    account.limit(new AccountConfig(0, 0, 1_000));
    chat.account(account);
    Request request = Calls.request("chat", true);
    assertThat(request.tokens()).as("estimated").isEqualTo(404);
    Failed unreached = new Failed(Cause.CONNECT, false, "cannot be reached");
    for (int i = 0; i < 2; i++) {
      enter(Calls.call(loop, request), unreached, chat);
    }
    assertThat(asked).as("three times each, as nothing was used").hasSize(6);
    enter(Calls.call(loop, request), new Served(200), chat);
    enter(Calls.call(loop, request), new Served(200), chat);
    assertThat(enter(request, chat)).isInstanceOf(Shed.class);
    assertThat(asked).hasSize(8);
  }

  @Test
  void whatIsLookedUpSaysNothingOfWhetherAnAccountMayGenerate() {
    var account = new Account("hosted");
    chat.account(account);
    account.refused("spent", 0);
    loop.now(Account.TRIAL_EVERY.toNanos());
    makers.note("", "resp_1", new Maker("chat", "chat-1"), 0);
    enter(Calls.call(loop, Request.forStored("resp_1", true)), new Served(200), chat);
    assertThat(asked).hasSize(1);
    assertThat(account.refusal()).isEqualTo("spent");
  }

  private Pool one() {
    return pool("one", Dialect.OPENAI, 1);
  }

  private @Nullable Outcome enter(Request request, Pool... pools) {
    return enter(Calls.call(loop, request), pools);
  }

  private @Nullable Outcome enter(Call call, Pool... pools) {
    return enter(call, null, pools);
  }

  /// Sends the call on the path, where an attempt ends as told, or goes on if nothing is.
  private @Nullable Outcome enter(Call call, @Nullable Outcome attempts, Pool... pools) {
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    call.onEnd(outcome::set);
    var retry = new RetryConfig(3, 10);
    Fleet fleet = fleet(List.of(pools));
    new Pipeline(
            List.of(
                new RetryStage(new RetryPolicy(retry), fleet, new RetryBudgets(retry)),
                new GpuStage(
                    fleet,
                    makers,
                    new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1)),
                    new OutlierEjection(GpuConfigs.USUAL),
                    _ -> {},
                    alerts::add),
                (tried, _) -> {
                  Attempt attempt = Objects.requireNonNull(tried.attempt());
                  asked.add(String.valueOf(attempt.replica()));
                  if (attempts != null) {
                    attempt.end(attempts);
                  }
                }))
        .enter(call);
    return outcome.get();
  }

  private static void assertFailed(@Nullable Outcome outcome, Cause cause) {
    assertThat(outcome).isInstanceOf(Failed.class);
    assertThat(((Failed) Objects.requireNonNull(outcome)).cause()).isEqualTo(cause);
  }

  private Call owned(Request request, String owner) {
    return new Call("call-1", loop, request, 0) {
      @Override
      public String owner() {
        return owner;
      }
    };
  }

  private static Request following(String previous, String model) {
    return new Request(
        Operation.RESPONSES,
        model,
        false,
        false,
        100,
        1,
        Request.Prompt.NONE,
        null,
        null,
        Double.NaN,
        false,
        false,
        true,
        previous);
  }

  private static Pool pool(String name, Dialect speaks, int replicas) {
    return new Pool(
        name,
        speaks,
        false,
        IntStream.range(0, replicas)
            .mapToObj(n -> new Replica(name + "-" + n, URI.create("http://" + name), null))
            .toList());
  }

  /// Each pool serves the model of its name.
  private static Fleet fleet(List<Pool> pools) {
    Map<String, Pool> byName = pools.stream().collect(Collectors.toMap(Pool::name, pool -> pool));
    return new Fleet() {
      @Override
      public @Nullable Pool poolFor(Request request) {
        return byName.get(request.model());
      }

      @Override
      public List<Pool> pools() {
        return pools;
      }
    };
  }
}
