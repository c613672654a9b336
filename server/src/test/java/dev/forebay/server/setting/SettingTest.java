package dev.forebay.server.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingTest {
  @Test
  void anAddressIsReadAndPrintedAlike() throws UnknownHostException {
    for (String text : List.of("127.0.0.1:8020", "localhost:0", "[::1]:8020", "[fe80::1]:65535")) {
      assertThat(Address.parse(text)).hasToString(text);
    }
    assertThat(Address.parse("[::1]:8020").host()).isEqualTo("::1");
    assertThat(Address.parse("[::1]:8020").resolve().getPort()).isEqualTo(8020);
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (String text :
        List.of(
            "8020", ":8020", "::1:8020", "[::1]", "[::1:8020", "a:", "a:x", "a:70000", "a b:1")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Address.parse(text));
    }
  }

  @Test
  void onlyThisMachineReachesALoopbackAddress() {
    for (String host : List.of("127.0.0.1", "127.9.9.9", "::1", "localhost")) {
      assertThat(new Address(host, 1).loopback()).as(host).isTrue();
    }
    for (String host : List.of("0.0.0.0", "::", "10.0.0.1", "example.org", "127.0.0.1.evil.org")) {
      assertThat(new Address(host, 1).loopback()).as(host).isFalse();
    }
  }

  @Test
  void aSpanIsReadInItsUnit() {
    assertThat(Spans.parse("250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(Spans.parse("20s")).isEqualTo(Duration.ofSeconds(20));
    assertThat(Spans.parse("10m")).isEqualTo(Duration.ofMinutes(10));
    assertThat(Spans.parse("1h")).isEqualTo(Duration.ofHours(1));
    assertThat(Spans.parse("7d")).isEqualTo(Duration.ofDays(7));
    for (String text : List.of("10", "1.5s", "-1s", "s", "10 min", "9999999999999s")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Spans.parse(text));
    }
  }

  @Test
  void aSpanIsPrintedAsItIsWritten() {
    for (String text : List.of("0s", "250ms", "20s", "10m", "90s", "1h")) {
      assertThat(Spans.print(Spans.parse(text))).isEqualTo(text);
    }
  }

  @Test
  void aSizeCountsInItsUnit() {
    assertThat(Sizes.parse("512B")).isEqualTo(512);
    assertThat(Sizes.parse("64KiB")).isEqualTo(65_536);
    assertThat(Sizes.parse("32MiB")).isEqualTo(33_554_432);
    assertThat(Sizes.parse("100MB")).isEqualTo(100_000_000);
    assertThat(Sizes.parse("2GiB")).isEqualTo(2_147_483_648L);
    for (String text : List.of("1", "1M", "1kb", "-1KB", "1.5MB", "999999999999GiB")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Sizes.parse(text));
    }
  }

  @Test
  void aSecretPrintsAsStars() {
    assertThat(new Secret("sk-1")).hasToString("***");
    assertThat(new Secret("")).hasToString("");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Secret("sk-1\nx"))
        .withMessage("must be printable ASCII on one line");
  }

  @Test
  void aCheckNamesTheSettingItsBoundsAndItsValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.between("attempts", 0, 1, 10))
        .withMessage("attempts must be 1..10, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.positive("connect", Duration.ZERO))
        .withMessage("connect must be > 0s and at most a year, was 0s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.notNegative("drain", Duration.ofSeconds(-1)))
        .withMessage("drain must be >= 0s and at most a year, was -1s");
  }
}
