package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.TraceRow;
import dev.forebay.lab.simulator.TenantsWorkload.Quantiles;
import dev.forebay.lab.simulator.TenantsWorkload.Tenant;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What users want and when.
class WorkloadTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final List<Workload> ALL =
      List.of(
          ChatWorkload.SYNTHETIC,
          ChatWorkload.HEAVY_TAIL,
          trace(),
          tenants(),
          ConversationWorkload.CHATS);

  @Test
  void everyWorkloadComesAtThePaceThatIsAskedForAndTheSameFromASeed() {
    for (Workload workload : ALL) {
      var intents = workload.intents(new Pace.Flat(5), HOUR, 1);
      assertThat(intents.size()).as(workload.name()).isCloseTo(18_000, within(900));
      assertThat(intents.stream().map(Intent::atNanos)).isSorted();
      assertThat(workload.intents(new Pace.Flat(5), HOUR, 1)).isEqualTo(intents);
      assertThat(workload.intents(new Pace.Flat(5), HOUR, 2)).isNotEqualTo(intents);
    }
  }

  @Test
  void anotherPaceBringsTheSameUsersAtOtherTimes() {
    for (Workload workload : ALL) {
      var slow = workload.intents(new Pace.Flat(1), HOUR, 1);
      var fast = workload.intents(new Pace.Flat(2), HOUR, 1);
      for (int i = 0; i < slow.size(); i += 100) {
        assertThat(fast.get(i).promptTokens()).isEqualTo(slow.get(i).promptTokens());
        assertThat(fast.get(i).outputTokens()).isEqualTo(slow.get(i).outputTokens());
        assertThat(fast.get(i).tenant()).isEqualTo(slow.get(i).tenant());
      }
    }
  }

  @Test
  void promptsOfAMoodyTenantBeginWithOneOfItsTexts() {
    var lengths = new Quantiles(List.of(0.5), List.of(1_500.0));
    var tenants =
        List.of(new Tenant("one", 1, lengths, lengths), new Tenant("other", 1, lengths, lengths));
    var alike = new MoodyWorkload("alike", EngineSpec.TIGHT, tenants, 3);
    var texts = new HashMap<String, Set<List<Integer>>>();
    for (Intent intent : alike.intents(new Pace.Flat(1), HOUR, 1)) {
      texts.computeIfAbsent(intent.tenant(), _ -> new HashSet<>()).add(intent.blocks());
    }
    assertThat(texts.values()).hasSize(2).allMatch(own -> own.size() == 3);
    assertThat(texts.values().stream().flatMap(Set::stream).flatMap(List::stream))
        .hasSize(12)
        .doesNotHaveDuplicates();

    var strange = new MoodyWorkload("strange", EngineSpec.TIGHT, tenants, 0);
    assertThat(strange.intents(new Pace.Flat(1), HOUR, 1))
        .allMatch(intent -> intent.blocks().isEmpty());
  }

  @Test
  void theGatewaysRuleOfThumbIsRightOnAverageAndWrongForEach() {
    var intents = ChatWorkload.SYNTHETIC.intents(new Pace.Flat(5), HOUR, 1);
    double real = intents.stream().mapToInt(Intent::promptTokens).average().orElseThrow();
    double guessed = intents.stream().mapToInt(Intent::promptChars).average().orElseThrow() * 0.3;
    assertThat(guessed / real).isBetween(0.95, 1.05);
    assertThat(median(intents, Intent::promptTokens)).isCloseTo(400, within(20.0));
    assertThat(median(intents, Intent::outputTokens)).isCloseTo(200, within(10.0));
  }

  @Test
  void theTurnsOfAConversationBeginWithThoseBefore() {
    var intents = ConversationWorkload.CHATS.intents(new Pace.Flat(5), HOUR, 1);
    long whole = 0;
    var talks = new HashMap<Integer, Intent>();
    for (Intent intent : intents) {
      assertThat(intent.blocks()).hasSize(intent.promptTokens() / PrefixBlocks.TOKENS);
      if (intent.blocks().size() > 2) {
        Intent before = talks.put(intent.blocks().get(2), intent);
        if (before != null) {
          whole++;
          assertThat(intent.blocks()).startsWith(before.blocks().toArray(Integer[]::new));
          assertThat(intent.tenant()).isEqualTo(before.tenant());
        }
      }
    }
    assertThat(whole).isGreaterThan(intents.size() / 2);
    double mean = intents.stream().mapToInt(Intent::promptTokens).average().orElseThrow();
    assertThat(mean).isBetween(2_000.0, 4_000.0);
  }

  @Test
  void rowsOfOneTimeComeApart() {
    var rounded =
        IntStream.range(0, 1_000).mapToObj(i -> new TraceRow(i / 10 * 3_000L, 9, 9, List.of()));
    var workload = new TraceWorkload("rounded", EngineSpec.TIGHT, rounded.toList());
    var intents = workload.intents(new Pace.Flat(1), Duration.ofMinutes(10), 1);
    for (int i = 1; i < intents.size(); i++) {
      assertThat((intents.get(i).atNanos() - intents.get(i - 1).atNanos()) / 1e9)
          .isCloseTo(1, within(0.2));
    }
  }

  @Test
  void tenantsAskAsOftenAndAsMuchAsTheirQuantilesSay() {
    var intents = tenants().intents(new Pace.Flat(5), HOUR, 1);
    var small = intents.stream().filter(i -> i.tenant().equals("small")).toList();
    assertThat((double) small.size() / intents.size()).isCloseTo(0.25, within(0.02));
    assertThat(median(small, Intent::promptTokens)).isCloseTo(20, within(1.0));
    assertThat(small).allMatch(i -> i.promptTokens() >= 10 && i.promptTokens() <= 30);
  }

  private static double median(List<Intent> intents, ToIntFunction<Intent> what) {
    return intents.stream().mapToInt(what).sorted().skip(intents.size() / 2).findFirst().orElse(0);
  }

  private static Workload trace() {
    var rows =
        IntStream.range(0, 2_000)
            .mapToObj(i -> new TraceRow(i * 7_000L + i % 2 * 5_000L, 100 + i, 1 + i, List.of()))
            .toList();
    return new TraceWorkload("trace", EngineSpec.TIGHT, rows);
  }

  private static Workload tenants() {
    var shares = List.of(0.1, 0.5, 0.9);
    return new TenantsWorkload(
        "tenants",
        EngineSpec.TIGHT,
        List.of(
            new Tenant(
                "small",
                1,
                new Quantiles(shares, List.of(10.0, 20.0, 30.0)),
                new Quantiles(shares, List.of(1.0, 2.0, 3.0))),
            new Tenant(
                "large",
                3,
                new Quantiles(shares, List.of(1_000.0, 2_000.0, 3_000.0)),
                new Quantiles(shares, List.of(100.0, 200.0, 300.0)))));
  }
}
