package dev.forebay.server.adapter.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.limit.Level;
import dev.forebay.limit.LimitReading;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitCountersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private List<LimitReading> readings = List.of();
  private final LimitCounters counters = new LimitCounters(registry, () -> readings);

  private static LimitReading reading(String tenant, String limit, boolean shadow, long refused) {
    return new LimitReading(Level.TENANT, tenant, limit, shadow, 0, refused, 0);
  }

  private double count(String metric, String limit) {
    return registry.get(metric).tag("level", "tenant").tag("limit", limit).counter().count();
  }

  @Test
  void limitsThatReadAlikeAreCountedTogetherWhosesoeverTheyAre() {
    readings =
        List.of(reading("a", "requests 1/s", false, 2), reading("b", "requests 1/s", false, 3));
    counters.read();
    counters.read();
    assertThat(count("forebay.limit.refused", "requests 1/s")).isEqualTo(5);
    assertThat(count("forebay.limit.would.refuse", "requests 1/s")).isZero();
  }

  @Test
  void whatAShadowWouldRefuseIsCountedApart() {
    readings = List.of(reading("a", "requests 1/s", true, 2));
    counters.read();
    readings = List.of(reading("a", "requests 1/s", false, 6));
    counters.read();
    assertThat(count("forebay.limit.would.refuse", "requests 1/s")).isEqualTo(2);
    assertThat(count("forebay.limit.refused", "requests 1/s")).isEqualTo(4);
  }

  @Test
  void whatIsShownNeverFallsWhenALimitIsForgotten() {
    readings = List.of(reading("a", "requests 1/s", false, 7));
    counters.read();
    readings = List.of();
    counters.read();
    assertThat(count("forebay.limit.refused", "requests 1/s")).isEqualTo(7);
    readings = List.of(reading("a", "requests 1/s", false, 1));
    counters.read();
    assertThat(count("forebay.limit.refused", "requests 1/s")).isEqualTo(8);
  }

  @Test
  void beyondAThousandLimitsTheRestIsOther() {
    List<LimitReading> many = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      many.add(reading("a", "requests " + i + "/s", false, 1));
    }
    readings = many;
    counters.read();
    double all =
        registry.find("forebay.limit.refused").counters().stream()
            .mapToDouble(c -> c.count())
            .sum();
    assertThat(all).isEqualTo(1_200);
    assertThat(registry.find("forebay.limit.refused").counters()).hasSizeLessThan(1_100);
  }
}
