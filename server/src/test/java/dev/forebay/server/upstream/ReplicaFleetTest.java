package dev.forebay.server.upstream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.AccountConfig;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import dev.forebay.server.config.ConfigLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicaFleetTest {
  private final List<Target> forgotten = new ArrayList<>();
  private final List<String> met = new ArrayList<>();
  private final ReplicaFleet fleet =
      new ReplicaFleet(
          (replica, pool) -> met.add(replica + " " + pool.maxNumSeqs()), forgotten::addAll);

  @Test
  void aReplicaThatStaysIsTheSameObject() {
    run("chat: {models: [m], replicas: ['http://h:1', 'http://h:2']}");
    Replica stays = replica("h:1");
    Target target = target(stays);
    FleetChange change = run("chat: {models: [m], replicas: ['http://h:3', 'http://h:1']}");
    assertThat(replica("h:1")).isSameAs(stays);
    assertThat(target(stays)).isSameAs(target);
    assertThat(forgotten).hasSize(1);
    assertThat(change.summary()).containsExactly("+ chat/h:3", "- chat/h:2");
  }

  @Test
  void aReplicaIsMetOnceAndWithWhatIsWrittenOfIt() {
    run("chat: {models: [m], replicas: ['http://h:1'], maxNumSeqs: 4}");
    run("chat: {models: [m], replicas: ['http://h:1', 'http://h:2'], maxNumSeqs: 8}");
    assertThat(met).containsExactly("h:1 4", "h:2 8");
  }

  @Test
  void aPlanChangesNothing() {
    run("chat: {models: [m], replicas: ['http://h:1']}");
    Pool before = fleet.pools().getFirst();
    List<Replica> replicas = before.replicas();
    fleet.plan(configs("chat: {models: [n], replicas: ['http://h:2'], key: k}"));
    assertThat(fleet.pools()).containsExactly(before);
    assertThat(before.replicas()).isEqualTo(replicas);
    assertThat(fleet.routes().models()).containsOnlyKeys("m");
    assertThat(target(replica("h:1")).credentials()).isEmpty();
    assertThat(forgotten).isEmpty();
  }

  @Test
  void anotherUrlUnderTheSameNameIsAnotherReplica() {
    run("chat: {models: [m], replicas: [{name: a, url: 'http://h:1'}]}");
    Replica before = replica("a");
    run("chat: {models: [m], replicas: [{name: a, url: 'http://h:2'}]}");
    assertThat(replica("a")).isNotSameAs(before);
  }

  @Test
  void aNewKeyKeepsConnectionsAndHoldsAtOnce() {
    run("chat: {models: [m], replicas: ['http://h:1'], key: one}");
    Target target = target(replica("h:1"));
    run("chat: {models: [m], replicas: ['http://h:1'], key: two}");
    assertThat(target(replica("h:1"))).isSameAs(target);
    assertThat(target.credentials()).isEqualTo("authorization: Bearer two\r\n");
    assertThat(forgotten).isEmpty();
  }

  @Test
  void anotherProxyForgetsTheConnectionsAndKeepsTheReplica() {
    run("chat: {models: [m], replicas: ['http://h:1']}");
    Replica replica = replica("h:1");
    Target before = target(replica);
    run("chat: {models: [m], replicas: ['http://h:1'], proxy: 'http://127.0.0.1:9'}");
    assertThat(replica("h:1")).isSameAs(replica);
    assertThat(target(replica)).isNotSameAs(before);
    assertThat(forgotten).containsExactly(before);
    assertThat(before.retired()).isTrue();
    assertThat(fleet.known()).containsExactly(replica);
  }

  @Test
  void aPoolThatSpeaksOtherwiseKeepsItsReplicas() {
    run("chat: {models: [m], replicas: ['http://h:1'], key: k}");
    Replica replica = replica("h:1");
    run("chat: {models: [m], replicas: ['http://h:1'], key: k, speaks: anthropic}");
    assertThat(replica("h:1")).isSameAs(replica);
    assertThat(target(replica).credentials()).isEqualTo("x-api-key: k\r\n");
  }

  @Test
  void aReplicaThatLeavesDrainsAndIsKnownWhenItReturns() {
    run("chat: {models: [m], replicas: ['http://h:1', 'http://h:2']}");
    Replica leaves = replica("h:2");
    Reservation running = leaves.reserve(7);
    run("chat: {models: [m], replicas: ['http://h:1']}");
    assertThat(fleet.draining()).containsExactly(leaves);
    assertThat(fleet.pools().getFirst().replicas()).doesNotContain(leaves);
    assertThat(fleet.known()).contains(leaves);

    FleetChange back = run("chat: {models: [m], replicas: ['http://h:1', 'http://h:2']}");
    assertThat(replica("h:2")).isSameAs(leaves);
    assertThat(target(leaves).retired()).isFalse();
    assertThat(fleet.draining()).isEmpty();
    assertThat(back.summary()).containsExactly("+ chat/h:2");
    running.close();
    assertThat(leaves.outstandingWork()).isZero();
  }

  @Test
  void aReplicaThatLeftIsForgottenAfterItsLastCall() {
    run("chat: {models: [m], replicas: ['http://h:1', 'http://h:2']}");
    Replica left = replica("h:2");
    Reservation running = left.reserve(7);
    run("chat: {models: [m], replicas: ['http://h:1']}");
    run("chat: {models: [n], replicas: ['http://h:1']}");
    assertThat(fleet.target(left)).isNotNull();
    running.close();
    run("chat: {models: [m], replicas: ['http://h:1']}");
    assertThat(fleet.target(left)).isNull();
    run("chat: {models: [m], replicas: ['http://h:1', 'http://h:2']}");
    assertThat(replica("h:2")).isNotSameAs(left);
  }

  @Test
  void whoWaitsForAPoolFindsTheReplicasThatItHasByNow() {
    run("chat: {models: [m], replicas: ['http://h:1']}");
    Pool waitedFor = fleet.pools().getFirst();
    run("chat: {models: [other], replicas: ['http://h:2'], key: k}");
    assertThat(waitedFor.replicas()).extracting(Replica::name).containsExactly("h:2");
  }

  @Test
  void modelsThatWereLearntStayWhatTheyAre() {
    run("chat: {replicas: ['http://h:1']}");
    fleet.routes().configured().getFirst().models(Set.of("learnt"));
    fleet.modelsChanged();
    run("chat: {replicas: ['http://h:1'], key: k}");
    assertThat(fleet.routes().models()).containsOnlyKeys("learnt");
  }

  @Test
  void anAccountIsSharedByItsNameAndOutlivesReloads() {
    run("a: {models: [m], replicas: ['http://h:1', 'http://h:2'], account: x}");
    Account account = requireNonNull(fleet.pools().getFirst().account());
    account.pause(Duration.ofSeconds(7), 0);
    run(
        "a: {models: [m], replicas: ['http://h:1'], account: x},"
            + " b: {models: [n], replicas: ['http://h:3'], account: x},"
            + " c: {models: [o], replicas: ['http://h:4']}");
    assertThat(fleet.pools()).extracting(Pool::account).containsExactly(account, account, null);
    run("c: {models: [o], replicas: ['http://h:4']}");
    run("c: {models: [o], replicas: ['http://h:4'], account: x}");
    assertThat(fleet.pools().getFirst().accountOf(replica("h:4"))).isSameAs(account);
    assertThat(account.open(0)).isFalse();
  }

  @Test
  void aCallFallsBackOnPoolsThatKnowItsModelByAnyName() {
    run(
        "spare: {models: [m], replicas: ['http://h:2']},"
            + " chat: {models: [m, n], replicas: ['http://h:1'], fallback: [spare, two, one]},"
            + " one: {models: [only], replicas: ['http://h:3']},"
            + " two: {models: [o, p], aliases: {m: p, n: o}, replicas: ['http://h:4']}");
    Pool chat = requireNonNull(fleet.poolFor(request("m")));
    assertThat(chat.name()).as("rather than what stands in for it").isEqualTo("chat");
    assertThat(fleet.routes().models()).containsEntry("m", "chat");
    assertThat(fallbacks("m", chat)).containsExactly("spare m", "two p", "one only");
    assertThat(fallbacks("n", chat)).containsExactly("spare m", "two o", "one only");
    assertThat(fallbacks("only", requireNonNull(fleet.poolFor(request("only"))))).isEmpty();
    assertThat(fleet.routes().fallbacks(Request.forStored("resp_1", true), chat)).isEmpty();
  }

  private List<String> fallbacks(String model, Pool pool) {
    return fleet.routes().fallbacks(request(model), pool).stream()
        .map(there -> there.pool().name() + " " + there.model())
        .toList();
  }

  private static Request request(String model) {
    return new Request(
        Operation.CHAT,
        model,
        false,
        false,
        0,
        1,
        Request.Prompt.NONE,
        null,
        null,
        Double.NaN,
        false,
        true);
  }

  @Test
  void whatWasTakenOfAnAccountStaysTakenUnderOtherLimits() {
    fleet.limit(Map.of("x", new AccountConfig(1, 0, 0)));
    run("a: {models: [m], replicas: ['http://h:1'], account: x}");
    Account account = requireNonNull(fleet.pools().getFirst().account());
    assertThat(account.reserve(replica("h:1"), 1, 1, 0)).isInstanceOf(Reserved.class);
    fleet.limit(Map.of("x", new AccountConfig(2, 0, 0)));
    assertThat(account.reserve(replica("h:1"), 1, 1, 0)).isInstanceOf(Reserved.class);
    assertThat(account.reserve(replica("h:1"), 1, 1, 0)).isInstanceOf(RetryAt.class);
    fleet.limit(Map.of());
    assertThat(account.reserve(replica("h:1"), 1, 1, 0)).isInstanceOf(Reserved.class);
  }

  @Test
  void aFileThatCannotBeUsedIsRefusedByItsKey() {
    assertThatThrownBy(
            () -> run("chat: {models: [m], replicas: ['https://h:1'], tls: {ca: /no/such.pem}}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pools.chat.tls")
        .hasMessageContaining("/no/such.pem");
    assertThat(fleet.pools()).isEmpty();
  }

  private FleetChange run(String pools) {
    FleetChange change = fleet.plan(configs(pools));
    fleet.apply(change);
    return change;
  }

  private static Map<String, PoolConfig> configs(String pools) {
    String yaml = "pools: {" + pools + "}";
    return new ConfigLoader(_ -> null).parse(yaml, "test", Path.of("")).pools();
  }

  private Replica replica(String name) {
    return fleet.pools().stream()
        .flatMap(pool -> pool.replicas().stream())
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Target target(Replica replica) {
    return requireNonNull(fleet.target(replica));
  }
}
