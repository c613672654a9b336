package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowanceLinesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0ms",
    "12, 12ms",
    "1000, 1s",
    "8640, 8.64s",
    "59999, 59.999s",
    "59999.5, 1m0s",
    "360000, 6m0s",
    "3599500, 1h0m0s",
    "7205000, 2h0m5s"
  })
  void timesAreWrittenAsOpenAiWritesThem(double millis, String written) {
    assertThat(AllowanceLines.span(Duration.ofNanos((long) (millis * 1e6)))).isEqualTo(written);
  }
}
