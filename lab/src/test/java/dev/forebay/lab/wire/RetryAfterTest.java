package dev.forebay.lab.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Those who are shed together do not come back together.
@Timeout(60)
class RetryAfterTest {

  @ParameterizedTest
  @ValueSource(ints = {503, 529, 429})
  void theTimeToComeBackIsSpreadUpwards(int overloadStatus) throws Exception {
    String busy =
        "HTTP/1.1 503 Busy\r\ncontent-type: text/plain\r\nretry-after: 10\r\ncontent-length: 0\r\n\r\n";
    Set<Long> told = new HashSet<>();
    try (var upstream = new ScriptedUpstream(_ -> List.of(busy));
        var gateway = new WireGateway("", "", upstream)) {
      gateway.gateway().reload(WireGateway.config("", "", overloadStatus, upstream));
      long began = System.nanoTime();
      for (int i = 0; i < 30; i++) {
        HttpResponse<String> answer = gateway.chat("{\"model\":\"m\"}");
        assertThat(answer.statusCode()).isEqualTo(overloadStatus);
        long millis = Long.parseLong(answer.headers().firstValue("retry-after-ms").orElseThrow());
        // The first is told the whole pause, and each later one no less than what is left of it.
        long passed = i == 0 ? 0 : Math.ceilDiv(System.nanoTime() - began, 1_000_000L);
        assertThat(millis).isBetween(10_000 - passed, 11_000L);
        told.add(millis);
      }
    }
    assertThat(told).hasSizeGreaterThan(5);
  }
}
