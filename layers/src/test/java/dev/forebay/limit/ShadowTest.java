package dev.forebay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.fleet.Rate;
import dev.forebay.limit.Decision.Passed;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Kind;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every limit that there is, in shadow: it lets pass and counts.
class ShadowTest {
  private static final Caller ACME = new Caller("acme", "ci", 1, new Network(7));
  private static final int CALLS = 5;

  private final LimitConfigs config = new LimitConfigs();

  static Stream<Arguments> everyLimit() {
    return Stream.of(Level.values())
        .flatMap(level -> Stream.of(Kind.values()).map(kind -> Arguments.of(level, kind)));
  }

  @ParameterizedTest
  @MethodSource("everyLimit")
  void letsPassAndCountsWhatItWouldHaveRefused(Level level, Kind kind) {
    configure(level, one(kind));
    Limits limits = new Limits(config.build(), 42, 0);
    for (int i = 0; i < CALLS; i++) {
      assertThat(limits.admit(call(), 0, 0)).isInstanceOf(Passed.class);
    }
    assertThat(limits.readings())
        .singleElement()
        .satisfies(reading -> {
          assertThat(reading.level()).isEqualTo(level);
          assertThat(reading.shadow()).isTrue();
          assertThat(reading.passed()).isEqualTo(1);
          assertThat(reading.refused()).isEqualTo(CALLS - 1);
        });
  }

  @Test
  void soDoesABudget() {
    var budget = new BudgetConfig(Money.parse("0.0001"), BudgetConfig.Window.DAY, true);
    config.tenants.put("acme", new TenantConfig(1, List.of(), "", LimitSet.NONE, Map.of(), budget));
    config.models.put(
        "m", new ModelConfig(LimitSet.NONE, 0, 0, Money.parse("1"), Money.parse("1")));
    Limits limits = new Limits(config.build(), 42, 0);
    for (int i = 0; i < CALLS; i++) {
      assertThat(limits.admit(call(), 0, 0)).isInstanceOf(Passed.class);
    }
    TenantReading.Budget left =
        Objects.requireNonNull(limits.tenantReadings(0).getFirst().budget());
    assertThat(left.refused()).isEqualTo(CALLS);
    assertThat(left.left()).isEqualTo(Money.parse("0.0001"));
  }

  /// Lets one call pass, and no other while that one runs.
  private static LimitSet one(Kind kind) {
    return switch (kind) {
      case REQUESTS ->
          new LimitSet(
              List.of(new Requests(Rate.parse("1/d"), 0, Requests.NODELAY, true)),
              List.of(),
              List.of());
      case TOKENS ->
          new LimitSet(List.of(), List.of(new Tokens(Rate.parse("1/d"), 150, true)), List.of());
      case CONCURRENCY -> new LimitSet(List.of(), List.of(), List.of(new Concurrency(1, true)));
    };
  }

  private void configure(Level level, LimitSet limits) {
    switch (level) {
      case GLOBAL -> config.global = limits;
      case MODEL -> config.model("m", limits);
      case TENANT -> config.tenant("acme", limits);
      case KEY -> config.tenant("acme", LimitSet.NONE, Map.of("ci", limits));
      case ADDRESS -> config.address = limits;
      case USER -> config.user = limits;
    }
  }

  /// Needs 104 tokens.
  private static Call call() {
    Request request =
        new Request(
            Operation.CHAT,
            "m",
            true,
            false,
            100,
            1,
            new Request.Prompt(0, 0, 1, 0, 0),
            "ann",
            null,
            0,
            false,
            true);
    return new Call("call", new HandLoop(), request, ACME, 0);
  }
}
