package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Prefix;
import dev.forebay.pipeline.Request;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixMapTest {
  private static final Need NEED = new Need(1_000, 100, 1);

  private final HandLoop loop = new HandLoop();
  private final Replica one = replica(1);
  private final Replica other = replica(2);
  private final PrefixMap map = new PrefixMap(1_000);

  @Test
  void aConversationGoesOnWhereItWasRead() {
    map.sent(call("t", 1, 2, 3), one);
    map.sent(call("t", 1, 9), other);
    assertThat(map.of(call("t", 1, 2, 3, 4, 5))).isSameAs(one);
    assertThat(map.of(call("t", 1, 9, 9))).isSameAs(other);
    assertThat(map.of(call("t", 1, 8))).as("who read what all begin with last").isSameAs(other);
    assertThat(map.of(call("t", 2, 3))).as("the same text elsewhere").isNull();
    assertThat(map.of(call("t"))).isNull();
  }

  @Test
  void lessThanHalfOfThePromptIsNotWorthAChoice() {
    map.sent(call("t", 1, 2), one);
    assertThat(map.of(call("t", 1, 2, 3, 4))).isSameAs(one);
    assertThat(map.of(call("t", 1, 2, 3, 4, 5))).isNull();
  }

  @Test
  void whatOneTenantSentIsNoMatterOfAnother() {
    map.sent(call("t", 1, 2, 3), one);
    assertThat(map.of(call("u", 1, 2, 3))).isNull();
  }

  @Test
  void whatWasNotUsedForLongestIsForgotten() {
    map.sent(call("t", 1), one);
    map.sent(call("t", 2), one);
    for (int i = 10; i < 1_008; i++) {
      map.sent(call("t", i), other);
      assertThat(map.of(call("t", 1))).isSameAs(one);
    }
    map.sent(call("t", 3), other);
    assertThat(map.of(call("t", 1))).isSameAs(one);
    assertThat(map.of(call("t", 2))).isNull();
  }

  @Test
  void whoeverReadAPromptIsAskedAloneAndOnlyInItsPool() {
    Pool pool = pool(2);
    Capacity capacity = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), Seeds.random(1));
    Replica where = reserved(capacity, pool, call("t", 1, 2)).replica();
    Call call = call("t", 1, 2, 3);
    long far = Long.MAX_VALUE / 2;

    assertThat(capacity.whereRead(call)).isSameAs(where);
    assertThat(capacity.tryReserveWhereRead(new Ask(call, NEED, pool, far, 0).readOn(where)))
        .extracting(Reservation::replica)
        .isSameAs(where);
    assertThat(capacity.tryReserveWhereRead(new Ask(call, NEED, pool(1), far, 0).readOn(where)))
        .isNull();
    where.health().suspect(true);
    assertThat(capacity.tryReserveWhereRead(new Ask(call, NEED, pool, far, 0).readOn(where)))
        .isNull();
  }

  @Test
  void conversationsStayWhereTheyAre() {
    Seeds.forAll(
        50,
        random -> {
          Pool pool = pool(2 + random.nextInt(6));
          Capacity capacity = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), random);
          Map<Integer, String> where = new HashMap<>();
          for (int i = 0; i < 300; i++) {
            int talk = random.nextInt(20);
            Reservation held = reserved(capacity, pool, call("t", talk, talk, i));
            String was = where.put(talk, held.replica().name());
            assertThat(was == null || was.equals(held.replica().name())).isTrue();
            held.close();
          }
        });
  }

  @Test
  void whatEverybodyBeginsWithMakesNoHotSpot() {
    Seeds.forAll(
        50,
        random -> {
          int n = 2 + random.nextInt(6);
          Pool pool = pool(n);
          Capacity capacity = new PowerOfTwoChoices(GpuConfigs.USUAL, new Rooms(), random);
          List<Reservation> held = new ArrayList<>();
          for (int i = 0; i < 100 * n; i++) {
            held.add(reserved(capacity, pool, call("t", 1, 2, i % 50)));
            if (random.nextInt(3) == 0) {
              held.remove(random.nextInt(held.size())).close();
            }
          }
          double mean = held.size() * NEED.work() / (double) n;
          for (Replica replica : pool.replicas()) {
            assertThat((double) replica.outstandingWork()).isLessThan(1.5 * mean + 4 * NEED.work());
          }
        });
  }

  private static Reservation reserved(Capacity capacity, Pool pool, Call call) {
    return ((Reserved) capacity.tryReserve(new Ask(call, NEED, pool, Long.MAX_VALUE / 2, 0)))
        .reservation();
  }

  private static Pool pool(int replicas) {
    return new Pool(
        "chat",
        Dialect.OPENAI,
        false,
        IntStream.range(0, replicas).mapToObj(PrefixMapTest::replica).toList());
  }

  private static Replica replica(int n) {
    return new Replica("gpu-" + n, URI.create("http://gpu-" + n + ":8000"), null);
  }

  private Call call(String tenant, int... blocks) {
    var prefix = new Prefix.Builder();
    for (int block : blocks) {
      prefix.block(block);
    }
    var request =
        new Request(
            Operation.CHAT,
            "m",
            true,
            false,
            100,
            1,
            new Request.Prompt(3_000, 0, 1, 0, 0, prefix.build()),
            null,
            null,
            Double.NaN,
            false,
            true);
    return new Call("call", loop, request, new Caller(tenant, "key", 1, Network.UNKNOWN), 0);
  }
}
