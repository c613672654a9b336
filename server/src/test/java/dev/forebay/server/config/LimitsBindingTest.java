package dev.forebay.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.fleet.Rate;
import dev.forebay.limit.BudgetConfig;
import dev.forebay.limit.BudgetConfig.Window;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.limit.LimitConfig;
import dev.forebay.limit.LimitSet;
import dev.forebay.limit.Money;
import dev.forebay.limit.TenantConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitsBindingTest {
  private static LimitConfig limits(String yaml) {
    return config(yaml).limits();
  }

  private static GatewayConfig config(String yaml) {
    return new ConfigLoader(_ -> null).parse(yaml, "test", Path.of(""));
  }

  @Test
  void withoutAFileNobodyIsLimited() {
    LimitConfig limits = limits("");
    assertThat(limits.global()).isEqualTo(LimitSet.NONE);
    assertThat(limits.address()).isEqualTo(LimitSet.NONE);
    assertThat(limits.user()).isEqualTo(LimitSet.NONE);
    assertThat(limits.models()).isEmpty();
    assertThat(limits.tenants()).isEmpty();
    assertThat(limits.remembered()).isEqualTo(1_000_000);
    assertThat(limits.outputTokens()).isEqualTo(700);
  }

  @Test
  void anItemHasTheDefaultsThatTheReferenceShows() {
    LimitSet global =
        limits(
                """
                limits:
                  global:
                    requests: [{rate: 200/s}, {rate: 60/min, burst: 10, delay: 5, shadow: true}]
                    tokens: [{rate: 1000000/d, burst: 50_000}]
                    concurrency: [{most: 8}]
                """)
            .global();
    assertThat(global)
        .isEqualTo(
            new LimitSet(
                List.of(Requests.of("200/s", 0), new Requests(Rate.parse("60/min"), 10, 5, true)),
                List.of(Tokens.of("1000000/d", 50_000)),
                List.of(Concurrency.of(8))));
  }

  @Test
  void aTenantSaysOnlyWhatIsOtherThanForEveryTenant() {
    LimitConfig limits =
        limits(
            """
            limits:
              tiers: {free: {requests: [{rate: 1/s}]}}
              tenants:
                "*": {tier: free, budget: {amount: 5}}
                acme: {priority: 0, budget: {amount: 0.55, per: day}}
                other:
            """);
    assertThat(limits.tenants()).containsOnlyKeys("acme", "other");
    assertThat(limits.tenants())
        .containsEntry(
            "acme",
            new TenantConfig(
                0,
                List.of(),
                "free",
                LimitSet.NONE,
                Map.of(),
                new BudgetConfig(new Money(550_000), Window.DAY, false)));
    assertThat(limits.tenants())
        .hasEntrySatisfying(
            "other", other -> assertThat(other.budget().amount()).isEqualTo(Money.parse("5")));
  }

  @Test
  void whatIsWrongIsNamedWithItsPlace() {
    assertThatThrownBy(() ->
            limits(
                """
                limits:
                  global: {requests: [{rate: 5/week}, {burst: 3}]}
                  address: {requests: [{rate: 1/s, dealy: 3}]}
                  tenants:
                    "*": {teir: gold}
                    acme: {limits: {concurrency: [{most: 0}]}}
                  models: {m: {input: cheap}}
                """))
        .hasMessageContaining(
            "line 2: limits.global.requests[0].rate must be a rate like 200/s, 60/min, 1000/h or"
                + " 500000/d, was 5/week")
        .hasMessageContaining("limits.global.requests[1].rate is missing")
        .hasMessageContaining("limits.address.requests[0].dealy is not known; did you mean delay?")
        .hasMessageContaining("limits.tenants.*.teir is not known; did you mean tier?")
        .hasMessageContaining(
            "limits.tenants.acme.limits.concurrency[0].most must be 1..1000000, was 0")
        .hasMessageContaining("limits.models.m.input must be an amount like 12 or 0.55");
  }

  @Test
  void aTierThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> limits("limits: {tiers: {free: {}}, tenants: {a: {tier: gold}}}"))
        .hasMessageContaining("limits.tenants.a.tier must be one of free, was gold");
  }

  @Test
  void theReferenceIsItselfAFile() {
    assertThat(config(new ConfigLoader().reference())).isEqualTo(config(""));
  }

  @Test
  void settingsShowLimitsAsTheyAreWritten() {
    String shown =
        new Settings(config("limits: {global: {requests: [{rate: 200/s, burst: 7}]}}"))
            .tree()
            .toString();
    assertThat(shown).contains("rate=200/s, burst=7, delay=none, shadow=false");
  }
}
