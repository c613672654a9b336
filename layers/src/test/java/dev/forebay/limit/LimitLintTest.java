package dev.forebay.limit;

import static dev.forebay.limit.LimitConfigs.concurrency;
import static dev.forebay.limit.LimitConfigs.requests;
import static dev.forebay.limit.LimitConfigs.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Rate;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitLintTest {
  private final LimitConfigs config = new LimitConfigs();
  private Set<String> served = Set.of();
  private Map<String, String> keys = Map.of();

  @Test
  void saysNothingOfRulesThatAllDoSomething() {
    config.global =
        new LimitSet(
            List.of(Requests.of("1000/s", 2_000)),
            List.of(Tokens.of("1000000/min", 1_000_000)),
            List.of(Concurrency.of(500)));
    config.model("m", requests("500/s", 500));
    config.tiers.put("free", requests(Requests.of("1/s", 5), Requests.of("1000/d", 1_000)));
    config.tenants.put(
        "acme",
        new TenantConfig(
            1,
            List.of("m"),
            "free",
            concurrency(10),
            Map.of("ci", requests("30/min", 3)),
            BudgetConfig.NONE));
    config.address = requests("20/s", 40);
    config.user = requests("60/min", 10);
    served = Set.of("m");
    keys = Map.of("acme/ci", "acme");
    assertThat(findings()).isEmpty();
  }

  @Test
  void aLimitAboveTheGlobalOneNeverBinds() {
    config.global = requests("100/s", 50);
    config.tenant("acme", requests("6000/min", 60));
    config.address = requests("101/s", 50);
    config.user = requests("99/s", 500);
    config.model("m", requests("100/s", 49));
    assertThat(findings())
        .containsExactly(
            "limits.address: requests 101/s burst 50: never binds: limits.global has requests 100/s"
                + " burst 50",
            "limits.tenants.acme: requests 6000/min burst 60: never binds: limits.global has"
                + " requests 100/s burst 50");
  }

  @Test
  void aLimitInShadowCoversNoOther() {
    config.global = requests(new Requests(Rate.parse("100/s"), 50, Requests.NODELAY, true));
    config.tenant("acme", requests("200/s", 60));
    assertThat(findings()).isEmpty();
  }

  @Test
  void aKeyAboveItsTenantNeverBindsAlsoIfTheTenantHasItsLimitFromATier() {
    config.tiers.put("free", concurrency(5));
    config.tenants.put(
        "acme",
        new TenantConfig(
            1, List.of(), "free", LimitSet.NONE, Map.of("ci", concurrency(5)), BudgetConfig.NONE));
    assertThat(findings())
        .containsExactly(
            "limits.tenants.acme.keys.ci: concurrency 5: never binds: limits.tenants.acme has"
                + " concurrency 5");
  }

  @Test
  void ofTwoLimitsOfOneSetTheLooserNeverBinds() {
    config.global = requests(Requests.of("1/s", 0), Requests.of("100000/d", 100));
    assertThat(findings()).singleElement().asString().contains("100000/d", "1/s burst 0 refuses");
  }

  @Test
  void aModelThatNobodyServesIsNeverCalled() {
    config.model("gone", requests("1/s", 0));
    served = Set.of("m");
    assertThat(findings())
        .containsExactly("limits.models.gone: no pool serves this model, so no call matches");
  }

  @Test
  void aTierThatNobodyHasDoesNothing() {
    config.tiers.put("gold", requests("1/s", 0));
    assertThat(findings()).containsExactly("limits.tiers.gold: no tenant has this tier");
  }

  @Test
  void aTierWhoseEveryLimitIsReplacedDoesNothing() {
    config.tiers.put("free", requests("1/s", 0));
    config.tenants.put(
        "acme",
        new TenantConfig(1, List.of(), "free", requests("2/s", 0), Map.of(), BudgetConfig.NONE));
    assertThat(findings()).singleElement().asString().contains("acme.tier", "take the place");
  }

  @Test
  void aTenantWithoutAKeyIsNobody() {
    config.tenant("acme", LimitSet.NONE);
    config.tenant("anonymous", LimitSet.NONE);
    keys = Map.of("other/ci", "other");
    assertThat(findings())
        .containsExactly(
            "limits.tenants.acme: no key belongs to this tenant, so nobody can call as it",
            "keys.other/ci: tenant other is not configured, so its calls count as anonymous");
  }

  @Test
  void aKeyThatTheTenantDoesNotHaveMatchesNothing() {
    config.tenant("acme", LimitSet.NONE, Map.of("old", concurrency(1)));
    keys = Map.of("acme/ci", "acme");
    assertThat(findings())
        .containsExactly("limits.tenants.acme.keys.old: the tenant has no such key");
  }

  @Test
  void modelsThatATenantMayCallMustBeServed() {
    served = Set.of("m");
    config.tenants.put(
        "some",
        new TenantConfig(1, List.of("m", "gone"), "", LimitSet.NONE, Map.of(), BudgetConfig.NONE));
    config.tenants.put(
        "none",
        new TenantConfig(1, List.of("gone"), "", LimitSet.NONE, Map.of(), BudgetConfig.NONE));
    assertThat(findings())
        .containsExactly(
            "limits.tenants.some.models: no pool serves gone",
            "limits.tenants.none.models: no pool serves any of them, so the tenant can call"
                + " nothing");
  }

  @Test
  void aBudgetNeedsPricesAndPricesNeedABudget() {
    var budget = new BudgetConfig(Money.parse("100"), BudgetConfig.Window.MONTH, false);
    config.tenants.put("acme", new TenantConfig(1, List.of(), "", LimitSet.NONE, Map.of(), budget));
    assertThat(findings()).singleElement().asString().contains("acme.budget", "never spent");

    config.tenants.clear();
    config.models.put(
        "m", new ModelConfig(LimitSet.NONE, 0, 0, Money.parse("0.5"), Money.parse("1.5")));
    assertThat(findings()).singleElement().asString().contains("models.m", "no tenant has");
  }

  @Test
  void aDelayThatIsNotBelowTheBurstDelaysNobody() {
    config.global = requests(new Requests(Rate.parse("10/s"), 20, 20, false));
    assertThat(findings()).singleElement().asString().contains("delay 20", "nothing ever waits");
  }

  @Test
  void tokensThatNoCallFitsInLetNonePass() {
    config.global = tokens("1000/min", 0);
    assertThat(findings()).singleElement().asString().contains("burst 0 lets no call");
    config.global = tokens("1000/min", 699);
    assertThat(findings()).singleElement().asString().contains("700 tokens at least");
    config.global = tokens("1000/min", 700);
    assertThat(findings()).isEmpty();
  }

  @Test
  void permitsForAllThatAllTogetherCannotHoldNeverBind() {
    config.global = concurrency(30);
    config.tenant("a", concurrency(10));
    config.tenant("b", concurrency(15));
    assertThat(findings()).as("anonymous callers are unlimited").isEmpty();
    config.tenant("anonymous", concurrency(5));
    assertThat(findings()).singleElement().asString().contains("can have only 30");
    config.global = concurrency(29);
    assertThat(findings()).isEmpty();
  }

  private List<String> findings() {
    return LimitLint.check(config.build(), served, keys).stream().map(Finding::toString).toList();
  }
}
