package dev.forebay.server.adapter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ExpositionTest {

  @Test
  void readsValuesLabelsAndTimes() {
    Exposition page =
        read(
            """
            # HELP a what it is
            # TYPE a gauge
            a 3
              a{x="1",y="two words"}   4.5e1  1712345678901\t
            a{} +Inf
            a{x="1",} -0.25 # {trace="7"} 1
            """);
    assertThat(page.of("a"))
        .containsExactly(
            new Sample(Map.of(), 3),
            new Sample(Map.of("x", "1", "y", "two words"), 45),
            new Sample(Map.of(), Double.POSITIVE_INFINITY),
            new Sample(Map.of("x", "1"), -0.25));
    assertThat(page.broken()).isZero();
  }

  @Test
  void labelsMayHoldAnything() {
    Exposition page = read("a{p=\"C:\\\\dir\\n\\\"q\\\" }, =#\"} 1\r\n");
    assertThat(page.of("a")).containsExactly(new Sample(Map.of("p", "C:\\dir\n\"q\" }, =#"), 1));
  }

  @Test
  void notANumberIsOneThatIsNotKnown() {
    Exposition page = read("a NaN\na nan\n");
    assertThat(page.of("a")).hasSize(2).allMatch(sample -> Double.isNaN(sample.value()));
    assertThat(page.broken()).isZero();
  }

  @Test
  void aBrokenLineIsSkippedAndCountedAndItsNeighboursStand() {
    Exposition page =
        read(
            """
            a{u="1"} 7
            a{u="2"} ERROR - FAILED TO CONVERT TO STRING
            a{u="3"
            a{u=3} 1
            a{u="3" v="4"} 1
            a
            a 1d
            a 0x1p3
            a 1 2 3
            a 1 later
            {a} 1
            7a 1
            a{u="4"} 8
            """);
    assertThat(page.of("a"))
        .containsExactly(new Sample(Map.of("u", "1"), 7), new Sample(Map.of("u", "4"), 8));
    assertThat(page.broken()).isEqualTo(11);
  }

  @Test
  void totalMayBeThereOrNot() {
    assertThat(read("a_total 3\n").of("a")).hasSize(1);
    assertThat(read("a 3\n").of("a")).hasSize(1);
    assertThat(read("a_created 3\n").of("a")).isEmpty();
  }

  @Test
  void aPageThatWasPackedIntoAJsonStringIsUnpacked() {
    String packed = JsonMapper.shared().writeValueAsString("# TYPE a gauge\na{x=\"1\"} 3\n");
    assertThat(read(packed).of("a")).containsExactly(new Sample(Map.of("x", "1"), 3));
    assertThat(read("\"a 3").broken()).isEqualTo(1);
  }

  @Test
  void otherPagesSayNothing() {
    assertThat(read("").broken()).isZero();
    assertThat(read("<!DOCTYPE html><html></html>").broken()).isEqualTo(1);
    assertThat(read("{\"error\": \"none\"}").of("a")).isEmpty();
  }

  private static Exposition read(String page) {
    return Exposition.read(page.getBytes(UTF_8), "a"::equals);
  }
}
