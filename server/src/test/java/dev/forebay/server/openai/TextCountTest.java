package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.Seeds;
import org.junit.jupiter.api.Test;

class TextCountTest {
  @Test
  void countsWhatADecoderWouldDecodeInWhateverPieces() {
    String[] parts = {
      "a",
      "lorem ipsum dolor sit amet",
      "é",
      "好好好好",
      "😀",
      "\\n",
      "\\\"",
      "\\\\",
      "\\u4f60",
      "\\u0041",
      "\\ud83d\\ude00",
      "\u007f",
      "\u0080"
    };
    String[] meant = {
      "a",
      "lorem ipsum dolor sit amet",
      "é",
      "好好好好",
      "😀",
      "\n",
      "\"",
      "\\",
      "你",
      "A",
      "😀",
      "\u007f",
      "\u0080"
    };
    Seeds.forAll(
        5_000,
        random -> {
          StringBuilder json = new StringBuilder();
          StringBuilder text = new StringBuilder();
          for (int i = random.nextInt(12); i > 0; i--) {
            int part = random.nextInt(parts.length);
            json.append(parts[part]);
            text.append(meant[part]);
          }
          byte[] bytes = json.append("\",\"好").toString().getBytes(UTF_8);
          TextCount count = new TextCount();
          count.begin();
          int from = 0;
          boolean ended = false;
          for (int cut : Heard.cuts(random, bytes.length)) {
            ended = ended || count.count(bytes, from, cut);
            from = cut;
          }
          assertThat(ended || count.count(bytes, from, bytes.length)).isTrue();
          int ascii = (int) text.chars().filter(c -> c < 0x80).count();
          assertThat(count.ascii()).isEqualTo(ascii);
          assertThat(count.other()).isEqualTo((int) text.codePoints().count() - ascii);
        });
  }
}
