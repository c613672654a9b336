package dev.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void readsWhatIsJson() {
    assertThat(Json.read(" {\"a\" : [1, -2.5e1, true, false], \"b\":{} } "))
        .isEqualTo(Map.of("a", List.of(1.0, -25.0, true, false), "b", Map.of()));
    assertThat(Json.read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9你\"")).isEqualTo("\"\\/\b\f\n\r\té你");
    assertThat(Json.read("null")).isEqualTo(Json.Null.NULL);
    assertThat(Json.read("[]")).isEqualTo(List.of());
  }

  @Test
  void refusesWhatIsNot() {
    for (String text :
        new String[] {
          "",
          " ",
          "{",
          "[1",
          "[1,]",
          "{\"a\"}",
          "{\"a\":}",
          "{a:1}",
          "tru",
          "1 2",
          "\"\n\"",
          "\"\\x\"",
          "\"\\u00g0\"",
          "\"abc",
          "-",
          "{\"a\":1,}",
          "NaN",
        }) {
      assertThat(Json.read(text)).as(text).isNull();
    }
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    assertThat(Json.read("[".repeat(64) + "]".repeat(64))).isNotNull();
    assertThat(Json.read("[".repeat(65) + "]".repeat(65))).isNull();
    assertThat(Json.read("[".repeat(1_000_000))).isNull();
  }

  @Test
  void anySequenceOfCharactersIsReadOrRefused() {
    Seeds.forAll(
        5_000,
        random -> {
          String letters = "{}[]\",:\\u0019truefalsn -.eE\n";
          var text = new StringBuilder();
          for (int i = random.nextInt(40); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
          }
          Json.read(text.toString());
        });
  }
}
