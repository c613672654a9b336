package dev.forebay.limit;

import static dev.forebay.limit.LimitConfigs.concurrency;
import static dev.forebay.limit.LimitConfigs.requests;
import static dev.forebay.limit.LimitConfigs.tokens;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.fleet.Rate;
import dev.forebay.limit.Decision.Forbidden;
import dev.forebay.limit.Decision.NeverFits;
import dev.forebay.limit.Decision.Passed;
import dev.forebay.limit.Decision.Refused;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.pipeline.Allowance;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Caller ACME = new Caller("acme", "ci", 1, new Network(7));

  private final LimitConfigs config = new LimitConfigs();
  private long now;
  private long wall = 1_000_000_000_000L;
  private @Nullable Limits built;

  @Test
  void withoutLimitsEverythingPasses() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(admit(ACME)).isInstanceOf(Passed.class);
    }
  }

  @Test
  void aLimitOfRequestsRefusesForExactlyAsLongAsItTakes() {
    config.tenant("acme", requests("200/s", 500));
    for (int i = 0; i < 501; i++) {
      assertThat(admit(ACME)).isInstanceOf(Passed.class);
    }
    assertThat(refused(ACME)).matches(r -> r.reason() == Reason.RATE_LIMITED);
    assertThat(refused(ACME).waitNanos()).isEqualTo(5 * MS);
    now += 2 * MS;
    assertThat(refused(ACME).waitNanos()).as("who comes back early").isEqualTo(3 * MS);
    now += 3 * MS;
    assertThat(admit(ACME)).isInstanceOf(Passed.class);
    assertThat(refused(ACME).allowance().refusal())
        .isEqualTo("requests 200/s burst 500 for tenant acme");
  }

  @Test
  void aCallThatOneLevelRefusesTakesNothingOfAnother() {
    config.global = requests("1/h", 9);
    config.tenant("acme", requests("1/h", 2));
    config.model("m", tokens("1/h", 8_000));
    config.address = concurrency(100);
    for (int i = 0; i < 3; i++) {
      assertThat(admit(ACME)).isInstanceOf(Passed.class);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(refused(ACME).reason()).isEqualTo(Reason.RATE_LIMITED);
    }
    Caller other = new Caller("other", "", 1, new Network(8));
    for (int i = 0; i < 7; i++) {
      assertThat(admit(other)).isInstanceOf(Passed.class);
    }
    assertThat(refused(other)).isNotNull();
    assertThat(limits().audit(() -> 10, now).grants()).isEqualTo(10);
    assertThat(limits().audit(() -> 10, now).difference()).isZero();
  }

  @Test
  void theLimitThatTakesLongestIsTheOneThatIsTold() {
    config.global = requests("1/s", 0);
    config.tenant("acme", requests("1/min", 0));
    admit(ACME);
    assertThat(refused(ACME).waitNanos()).isEqualTo(60 * SECOND);
    assertThat(refused(ACME).allowance().refusal()).contains("tenant acme");
  }

  @Test
  void eachLevelCountsForItsOwn() {
    config.address = requests("1/h", 0);
    admit(ACME);
    assertThat(refused(ACME)).isNotNull();
    assertThat(admit(new Caller("acme", "ci", 1, new Network(8)))).isInstanceOf(Passed.class);

    config.address = LimitSet.NONE;
    config.user = requests("1/h", 0);
    reload();
    assertThat(admit(ACME, request("m", "ann"))).isInstanceOf(Passed.class);
    assertThat(admit(ACME, request("m", "ann"))).isInstanceOf(Refused.class);
    assertThat(admit(ACME, request("m", "bob"))).isInstanceOf(Passed.class);
    assertThat(admit(ACME, request("m", null))).as("nobody is named").isInstanceOf(Passed.class);
    Caller other = new Caller("other", "", 1, new Network(7));
    assertThat(admit(other, request("m", "ann"))).as("another's ann").isInstanceOf(Passed.class);

    config.user = LimitSet.NONE;
    config.model("m", requests("1/h", 0));
    reload();
    assertThat(admit(ACME, request("m", null))).isInstanceOf(Passed.class);
    assertThat(admit(other, request("m", null))).isInstanceOf(Refused.class);
    assertThat(admit(other, request("n", null))).isInstanceOf(Passed.class);
  }

  @Test
  void aKeyHasLimitsOfItsOwn() {
    config.tenant("acme", LimitSet.NONE, Map.of("ci", requests("1/h", 0)));
    admit(ACME);
    assertThat(refused(ACME).allowance().refusal()).contains("key acme/ci");
    assertThat(admit(new Caller("acme", "prod", 1, new Network(7)))).isInstanceOf(Passed.class);
  }

  @Test
  void tenantsHaveTheLimitsOfTheirTierAndTheirOwnInPlaceOfThoseThatCountTheSame() {
    config.tiers.put(
        "free",
        new LimitSet(List.of(Requests.of("1/min", 0)), List.of(), List.of(Concurrency.of(5))));
    config.tenants.put(
        "acme",
        new TenantConfig(1, List.of(), "free", requests("3/min", 2), Map.of(), BudgetConfig.NONE));
    for (int i = 0; i < 3; i++) {
      assertThat(admit(ACME)).isInstanceOf(Passed.class);
    }
    assertThat(refused(ACME).waitNanos()).isEqualTo(20 * SECOND);
    now += 300 * SECOND;
    admit(ACME);
    admit(ACME);
    assertThat(refused(ACME).reason()).isEqualTo(Reason.CONCURRENCY_LIMITED);
  }

  @Test
  void permitsComeBackWhenCallsEndHoweverTheyEnd() {
    config.global = concurrency(2);
    Passed one = passed(ACME);
    Passed two = passed(ACME);
    assertThat(refused(ACME)).matches(r -> r.reason() == Reason.CONCURRENCY_LIMITED);
    assertThat(refused(ACME).waitNanos()).isBetween(10 * MS, 60 * SECOND);
    settle(one);
    assertThat(admit(ACME)).isInstanceOf(Passed.class);
    settle(one);
    assertThat(refused(ACME)).as("settling twice gives back once").isNotNull();
    settle(two);
  }

  @Test
  void theWaitForAPermitFollowsHowLongTheyAreHeld() {
    config.global = concurrency(1);
    for (int i = 0; i < 200; i++) {
      Passed passed = passed(ACME);
      now += 8 * SECOND;
      settle(passed);
    }
    admit(ACME);
    assertThat(refused(ACME).waitNanos()).isBetween(7 * SECOND, 8 * SECOND);
  }

  @Test
  void tokensAreTakenAsAnEstimateAndSettledToTheTruth() {
    config.tenant("acme", tokens("60/min", 2_000));
    // 304 of the prompt and 100 generated at most.
    Passed passed = passed(ACME);
    assertThat(tokensLeft(passed.allowance())).isEqualTo(2_000 - 404);
    var progress = new Progress();
    progress.delta(now);
    progress.usage(250, 20);
    Settlement settlement = limits().settle(passed.grant(), progress, now, wall);
    assertThat(settlement).isEqualTo(new Settlement(250, 20, false));
    assertThat(tokensLeft(passed(ACME).allowance())).isEqualTo(2_000 - 270 - 404);
    assertThat(limits().tenantReadings().getFirst())
        .matches(reading -> reading.tokens() == 270 && reading.estimatedTokens() == 0);
  }

  @Test
  void whatNoEngineToldIsEstimatedAndSaidToBe() {
    config.tenant("acme", tokens("60/min", 2_000));
    Passed passed = passed(ACME);
    var progress = new Progress();
    for (int i = 0; i < 30; i++) {
      progress.delta(now);
    }
    assertThat(limits().settle(passed.grant(), progress, now, wall))
        .isEqualTo(new Settlement(304, 30, true));
    assertThat(limits().tenantReadings().getFirst())
        .matches(reading -> reading.tokens() == 334 && reading.estimatedTokens() == 334);
  }

  @Test
  void usageToldAtTheStartOfAStreamIsNoTruthAboutTheRest() {
    config.tenant("acme", tokens("60/min", 2_000));
    Passed passed = passed(ACME);
    var progress = new Progress();
    progress.usage(250, 1);
    for (int i = 0; i < 30; i++) {
      progress.delta(now);
    }
    assertThat(limits().settle(passed.grant(), progress, now, wall))
        .isEqualTo(new Settlement(250, 31, true));
  }

  @Test
  void whereNoEngineWorkedAllTokensComeBackAndTheRequestStaysTaken() {
    config.tenant(
        "acme",
        new LimitSet(
            List.of(Requests.of("1/h", 9)), List.of(Tokens.of("60/min", 2_000)), List.of()));
    settle(passed(ACME));
    Allowance after = passed(ACME).allowance();
    assertThat(tokensLeft(after)).isEqualTo(2_000 - 404);
    assertThat(requireNonNull(after.requests()).remaining()).isEqualTo(8);
  }

  @Test
  void anAnswerThatOutgrowsItsEstimateTakesMoreAsADebt() {
    config.tenant("acme", tokens("60/min", 500));
    Passed passed = passed(ACME);
    var progress = new Progress();
    for (int i = 0; i < 101; i++) {
      progress.delta(now);
    }
    limits().meter(passed.grant(), progress, now);
    // 404 + 256 are taken: 160 more than the burst, and the next needs 404.
    assertThat(refused(ACME).waitNanos()).isEqualTo((660 + 404 - 500) * SECOND);
    progress.usage(304, 101);
    limits().settle(passed.grant(), progress, now, wall);
    assertThat(refused(ACME).waitNanos()).isEqualTo((405 + 404 - 500) * SECOND);
  }

  @Test
  void aCallThatCanNeverPassIsToldSo() {
    config.tenant("acme", tokens("1000/min", 300));
    assertThat(admit(ACME))
        .isInstanceOfSatisfying(
            NeverFits.class,
            never -> assertThat(never.why()).contains("404 tokens", "tokens 1000/min burst 300"));
  }

  @Test
  void imagesAndAudioAreNotText() {
    config.tenant("acme", tokens("60/min", 10_000));
    var prompt = new Request.Prompt(1_000, 0, 1, 2, 3);
    Request request =
        new Request(Operation.CHAT, "m", true, false, 100, 1, prompt, null, null, 0, false, true);
    Passed passed = (Passed) admit(ACME, request);
    assertThat(tokensLeft(passed.allowance())).isEqualTo(10_000 - 404 - 2 * 1_000 - 3 * 500);
  }

  @Test
  void aLimitInShadowLetsPassAndCountsWhatItWouldHaveRefused() {
    config.tenant("acme", requests(new Requests(Rate.parse("1/min"), 1, Requests.NODELAY, true)));
    for (int i = 0; i < 10; i++) {
      assertThat(admit(ACME)).isInstanceOf(Passed.class);
    }
    LimitReading reading = limits().readings().getFirst();
    assertThat(reading.shadow()).isTrue();
    assertThat(reading.passed()).isEqualTo(2);
    assertThat(reading.refused()).isEqualTo(8);
  }

  @Test
  void permitsThatAShadowDidNotGiveAreNotGivenBack() {
    config.global = new LimitSet(List.of(), List.of(), List.of(new Concurrency(1, true)));
    Passed counted = passed(ACME);
    Passed uncounted = passed(ACME);
    settle(uncounted);
    assertThat(limits().audit(() -> 1, now).limits().getFirst().held()).isEqualTo(1);
    settle(counted);
    assertThat(limits().audit(() -> 0, now).limits().getFirst().held()).isZero();
  }

  @Test
  void aTenantMayCallOnlyItsModels() {
    config.tenants.put(
        "acme", new TenantConfig(2, List.of("m"), "", LimitSet.NONE, Map.of(), BudgetConfig.NONE));
    assertThat(admit(ACME, request("m", null))).isInstanceOf(Passed.class);
    assertThat(admit(ACME, request("n", null)))
        .isInstanceOfSatisfying(
            Forbidden.class, forbidden -> assertThat(forbidden.why()).contains("acme", "n"));
    assertThat(limits().priority("acme", 0)).isEqualTo(2);
    assertThat(limits().priority("acme", 3)).isEqualTo(3);
  }

  @Test
  void whoIsNotConfiguredCountsAsAnonymous() {
    config.tenant("anonymous", requests("1/h", 0));
    assertThat(admit(Caller.ANONYMOUS)).isInstanceOf(Passed.class);
    assertThat(admit(ACME)).isInstanceOf(Refused.class);
  }

  @Test
  void aBudgetIsSetAsideSpentAndStartsAfresh() {
    // 2 a million in, 10 a million out: 304 and 100 tokens are 1608 micros.
    config.models.put(
        "m", new ModelConfig(LimitSet.NONE, 1_000, 500, Money.parse("2"), Money.parse("10")));
    var budget = new BudgetConfig(new Money(3_300), BudgetConfig.Window.DAY, false);
    config.tenants.put("acme", new TenantConfig(1, List.of(), "", LimitSet.NONE, Map.of(), budget));
    Passed one = passed(ACME);
    Passed two = passed(ACME);
    assertThat(refused(ACME).reason()).isEqualTo(Reason.BUDGET_SPENT);
    long untilMidnight = Duration.ofDays(1).toMillis() - wall % Duration.ofDays(1).toMillis();
    assertThat(refused(ACME).waitNanos()).isEqualTo(untilMidnight * MS);
    settle(one);
    Passed three = passed(ACME);
    var progress = new Progress();
    progress.delta(now);
    progress.usage(304, 50);
    limits().settle(three.grant(), progress, now, wall);
    assertThat(budgetReading().spent()).isEqualTo(new Money(1_108));
    assertThat(budgetReading().setAside()).isEqualTo(new Money(1_608));
    wall += untilMidnight;
    assertThat(admit(ACME)).isInstanceOf(Passed.class);
    settle(two);
    assertThat(budgetReading().spent()).isEqualTo(Money.NONE);
  }

  @Test
  void remainingAndResetAreThoseOfTheTightestOfTheCallersOwnLimits() {
    config.global = requests("1/h", 0);
    config.tenant("acme", requests(Requests.of("10/s", 99), Requests.of("60/min", 9)));
    Allowance.Window window = passed(ACME).allowance().requests();
    assertThat(window).isEqualTo(new Allowance.Window(10, 9, Duration.ofSeconds(1)));
  }

  @Test
  void theAuditNamesTheOldestHolder() {
    config.global = concurrency(10);
    config.address = concurrency(10);
    admit(ACME);
    now += 5 * SECOND;
    admit(ACME);
    PermitAudit audit = limits().audit(() -> 1, now);
    assertThat(audit.limits()).hasSize(2);
    assertThat(audit.limits().getFirst())
        .isEqualTo(new PermitAudit.Line(Level.GLOBAL, "", 2, 2, Duration.ofSeconds(5), "call-1"));
    assertThat(audit.difference()).as("two grants and one call: one is orphaned").isEqualTo(1);
  }

  private TenantReading.Budget budgetReading() {
    return requireNonNull(limits().tenantReadings().getFirst().budget());
  }

  private static long tokensLeft(Allowance allowance) {
    return requireNonNull(allowance.tokens()).remaining();
  }

  private void settle(Passed passed) {
    limits().settle(passed.grant(), new Progress(), now, wall);
  }

  private Passed passed(Caller caller) {
    return (Passed) admit(caller);
  }

  private Refused refused(Caller caller) {
    return (Refused) admit(caller);
  }

  private Decision admit(Caller caller) {
    return admit(caller, request("m", null));
  }

  private Decision admit(Caller caller, Request request) {
    var call = new Call("call-1", new HandLoop(), request, caller, now);
    return limits().admit(call, now, wall);
  }

  private void reload() {
    limits().become(config.build(), now);
  }

  private Limits limits() {
    if (built == null) {
      built = new Limits(config.build(), 42, now);
    }
    return built;
  }

  static Request request(String model, @Nullable String user) {
    return new Request(
        Operation.CHAT,
        model,
        true,
        false,
        100,
        1,
        new Request.Prompt(1_000, 0, 1, 0, 0),
        user,
        null,
        Double.NaN,
        false,
        true);
  }
}
