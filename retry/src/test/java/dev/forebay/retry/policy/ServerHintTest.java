package dev.forebay.retry.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerHintTest {
  private static final Instant NOW = Instant.parse("1994-11-06T08:49:00Z");

  @Test
  void readsSeconds() {
    assertDelay(Map.of("retry-after", "7"), Duration.ofSeconds(7));
    assertDelay(Map.of("retry-after", " 1.5 "), Duration.ofMillis(1500));
    assertDelay(Map.of("retry-after", "0"), Duration.ZERO);
  }

  @Test
  void readsADateInEachOfItsThreeForms() {
    for (String date :
        new String[] {
          "Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        }) {
      assertDelay(Map.of("retry-after", date), Duration.ofSeconds(37));
    }
    // two digits of a year mean the one of this century
    assertThat(
            ServerHint.read(
                    Map.of("retry-after", "Tuesday, 24-Nov-26 08:49:37 GMT")::get,
                    Instant.parse("2026-11-24T08:49:00Z"))
                .delay())
        .contains(Duration.ofSeconds(37));
  }

  @Test
  void aDateThatHasPassedIsNoWait() {
    assertDelay(Map.of("retry-after", "Sun, 06 Nov 1994 08:48:00 GMT"), Duration.ZERO);
  }

  @Test
  void aDateIsReadByTheServersOwnClock() {
    assertDelay(
        Map.of(
            "retry-after", "Sun, 06 Nov 1994 09:00:10 GMT",
            "date", "Sun, 06 Nov 1994 09:00:00 GMT"),
        Duration.ofSeconds(10));
  }

  @Test
  void millisecondsSayItFiner() {
    assertDelay(Map.of("retry-after", "1", "retry-after-ms", "50"), Duration.ofMillis(50));
    assertDelay(Map.of("retry-after", "1", "retry-after-ms", "soon"), Duration.ofSeconds(1));
  }

  @Test
  void aLimitThatIsUsedUpSaysWhenItIsNot() {
    assertDelay(
        Map.of(
            "x-ratelimit-remaining-requests",
            "0",
            "x-ratelimit-reset-requests",
            "6m0s",
            "x-ratelimit-remaining-tokens",
            "12",
            "x-ratelimit-reset-tokens",
            "1h"),
        Duration.ofMinutes(6));
    assertDelay(
        Map.of(
            "x-ratelimit-remaining-requests",
            "0",
            "x-ratelimit-reset-requests",
            "120ms",
            "x-ratelimit-remaining-tokens",
            "0",
            "x-ratelimit-reset-tokens",
            "1m1.5s"),
        Duration.ofMillis(61_500));
    assertDelay(
        Map.of("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "3"),
        Duration.ofSeconds(3));
  }

  @Test
  void aLimitWithSomethingLeftSaysNothing() {
    assertNone(Map.of("x-ratelimit-remaining-requests", "1", "x-ratelimit-reset-requests", "6m0s"));
  }

  @Test
  void whatCannotBeReadSaysNothing() {
    for (String value :
        new String[] {"", "-1", "soon", "1e3", "NaN", "1 s", "0x10", "Sun, 99 Nov 1994", "１"}) {
      assertNone(Map.of("retry-after", value));
      assertNone(Map.of("retry-after-ms", value));
    }
    for (String value : new String[] {"", "6x", "m", "6m0", "s6", "1s 2s"}) {
      assertNone(Map.of("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", value));
    }
  }

  @Test
  void whatIsLongerThanAYearIsAYear() {
    Duration year = Duration.ofDays(365);
    assertDelay(Map.of("retry-after", "9999999999999999999"), year);
    assertDelay(Map.of("retry-after", "Thu, 06 Nov 2994 08:49:37 GMT"), year);
    assertDelay(
        Map.of("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "999999999h"),
        year);
  }

  @Test
  void saysWhetherToTryAgain() {
    assertThat(again("true")).contains(true);
    assertThat(again("False")).contains(false);
    assertThat(again("maybe")).isEmpty();
  }

  @Test
  void anySequenceOfCharactersIsReadWithoutFailing() {
    Seeds.forAll(
        2_000,
        random -> {
          String letters = "0123456789.-+ eEhms:GMTSunNov,６";
          var value = new StringBuilder();
          for (int i = random.nextInt(30); i > 0; i--) {
            value.append(letters.charAt(random.nextInt(letters.length())));
          }
          var headers =
              Map.of(
                  "retry-after", value.toString(),
                  "x-ratelimit-remaining-tokens", "0",
                  "x-ratelimit-reset-tokens", value.toString());
          ServerHint.read(headers::get, NOW)
              .delay()
              .ifPresent(delay -> assertThat(delay).isBetween(Duration.ZERO, Duration.ofDays(365)));
        });
  }

  private static void assertDelay(Map<String, String> headers, Duration expected) {
    assertThat(ServerHint.read(headers::get, NOW).delay()).as("%s", headers).contains(expected);
  }

  private static void assertNone(Map<String, String> headers) {
    assertThat(ServerHint.read(headers::get, NOW)).as("%s", headers).isEqualTo(ServerHint.NONE);
  }

  private static java.util.Optional<Boolean> again(String value) {
    return ServerHint.read(Map.of("x-should-retry", value)::get, NOW).again();
  }
}
