package dev.forebay.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forebay.fleet.Rate;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitConfigTest {

  @Test
  void readsRatesAndPrintsThemTheSame() {
    for (String text : List.of("200/s", "60/min", "1000/h", "500000/d")) {
      assertThat(Rate.parse(text)).hasToString(text);
    }
    for (String text : List.of("0/s", "1/m", "1.5/s", "200", "-1/s", "9999999999/s", "200r/s")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Rate.parse(text))
          .withMessageContaining(
              text.startsWith("0") ? "was 0" : text.startsWith("9999") ? "9999999999" : text);
    }
  }

  @Test
  void comparesRatesOfDifferentTimesExactly() {
    assertThat(Rate.parse("60/min").atLeast(Rate.parse("1/s"))).isTrue();
    assertThat(Rate.parse("59/min").atLeast(Rate.parse("1/s"))).isFalse();
    assertThat(Rate.parse("1000000000/s").atLeast(Rate.parse("1000000000/d"))).isTrue();
  }

  @Test
  void readsMoneyToTheMillionthAndRefusesWhatIsFiner() {
    assertThat(Money.parse("0.55").micros()).isEqualTo(550_000);
    assertThat(Money.parse("12")).hasToString("12");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Money.parse("0.0000001"))
        .withMessageContaining("0.0000001");
    assertThatIllegalArgumentException().isThrownBy(() -> Money.parse("-1"));
  }

  @Test
  void refusesLimitsThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Requests.of("1/s", -1))
        .withMessageContaining("burst")
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tokens.of("1/d", 366))
        .withMessageContaining("in a year");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Concurrency.of(0))
        .withMessageContaining("was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitConfigs.requests(Requests.of("1/s", 1), Requests.of("2/s", 1)))
        .withMessageContaining("requests must have one rate at most");
  }

  @Test
  void refusesATenantOfATierThatIsNotThere() {
    var config = new LimitConfigs();
    config.tiers.put("free", LimitSet.NONE);
    config.tenants.put(
        "acme", new TenantConfig(1, List.of(), "fre", LimitSet.NONE, Map.of(), BudgetConfig.NONE));
    assertThatIllegalArgumentException()
        .isThrownBy(config::build)
        .withMessage("tenants.acme.tier must be one of free, was fre");
    config.tiers.clear();
    assertThatIllegalArgumentException()
        .isThrownBy(config::build)
        .withMessage("tenants.acme.tier must be declared in tiers, where there is none, was fre");
  }
}
