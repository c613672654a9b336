package dev.forebay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.fleet.Makers.Maker;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MakersTest {
  private static final Maker GPU_1 = new Maker("chat", "gpu-1");
  private static final Maker GPU_2 = new Maker("chat", "gpu-2");

  @Test
  void findsWhoMadeAnObject() {
    Makers makers = makers(10, 100);
    makers.note("a", "resp_1", GPU_1, 0);
    makers.note("a", "resp_2", GPU_2, 0);
    assertThat(makers.of("a", "resp_1", 1)).isEqualTo(GPU_1);
    assertThat(makers.of("a", "resp_2", 1)).isEqualTo(GPU_2);
    assertThat(makers.of("a", "resp_3", 1)).isNull();
  }

  @Test
  void anObjectOfAnotherOwnerIsUnknown() {
    Makers makers = makers(10, 100);
    makers.note("a", "resp_1", GPU_1, 0);
    assertThat(makers.of("b", "resp_1", 1)).isNull();
    makers.note("b", "resp_1", GPU_2, 2);
    assertThat(makers.of("a", "resp_1", 3)).isEqualTo(GPU_1);
    assertThat(makers.of("b", "resp_1", 3)).isEqualTo(GPU_2);
  }

  @Test
  void forgetsWhatWasNotUsedForLongest() {
    Makers makers = makers(2, 100);
    makers.note("", "resp_1", GPU_1, 0);
    makers.note("", "resp_2", GPU_1, 1);
    assertThat(makers.of("", "resp_1", 2)).isEqualTo(GPU_1);
    makers.note("", "resp_3", GPU_1, 3);
    assertThat(makers.of("", "resp_2", 4)).isNull();
    assertThat(makers.of("", "resp_1", 4)).isEqualTo(GPU_1);
    assertThat(makers.of("", "resp_3", 4)).isEqualTo(GPU_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-a",
        ".",
        "..",
        "../x",
        "a b",
        "a/b",
        "a%2fb",
        "a?b",
        "a#b",
        "a\"b",
        "a\\u0041",
        "ä",
        "a\nb"
      })
  void neverRemembersWhatIsNoId(String id) {
    Makers makers = makers(10, 100);
    makers.note("", id, GPU_1, 0);
    assertThat(Makers.isId(id)).isFalse();
    assertThat(makers.size()).isZero();
  }

  @Test
  void knowsAnIdByItsShape() {
    assertThat(Makers.isId("resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b")).isTrue();
    assertThat(Makers.isId("chatcmpl-0aZ.9:~_-=")).isTrue();
    assertThat(Makers.isId("a".repeat(512))).isTrue();
    assertThat(Makers.isId("a".repeat(513))).isFalse();
  }

  /// Against a model that keeps everything: never wrong, never more than allowed, never after its
  /// time, and nothing forgotten that is neither old nor pushed out.
  @Test
  void remembersWhatItMayAndNothingElse() {
    Seeds.forAll(
        300,
        random -> {
          int most = 1 + random.nextInt(20);
          long keep = 1L + random.nextInt(200);
          Makers makers = makers(most, keep);
          Map<String, Maker> made = new HashMap<>();
          LinkedHashMap<String, Long> used = new LinkedHashMap<>(16, 0.75f, true);
          long now = random.nextLong();
          for (int i = 0; i < 400; i++) {
            now += random.nextInt(10);
            String owner = "o" + random.nextInt(2);
            String id = "r" + random.nextInt(30);
            String key = owner + id;
            if (random.nextBoolean()) {
              Maker maker = new Maker("p", "gpu-" + random.nextInt(5));
              makers.note(owner, id, maker, now);
              made.put(key, maker);
              used.put(key, now);
            } else {
              Maker found = makers.of(owner, id, now);
              Long last = used.get(key);
              boolean due = last == null || now - last > keep;
              if (due) {
                assertThat(found).isNull();
                used.remove(key);
              } else {
                assertThat(found).isEqualTo(made.get(key));
                used.put(key, now);
              }
            }
            if (used.size() > most) {
              used.pollFirstEntry();
            }
            assertThat(makers.size()).isLessThanOrEqualTo(most);
          }
        });
  }

  private static Makers makers(int entries, long keepNanos) {
    return new Makers(new AffinityConfig(entries, Duration.ofNanos(keepNanos)));
  }
}
