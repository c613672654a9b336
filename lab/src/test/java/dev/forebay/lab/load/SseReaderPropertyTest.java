package dev.forebay.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SseReaderPropertyTest {
  private static final String[] WORDS = {"", "a", "{\"x\":1}", "[DONE]", "水門", ":", " ", "data: "};

  @Test
  void eventsComeOutWholeHoweverTheBytesAreCut() {
    Seeds.forAll(
        2000,
        random -> {
          var end = new String[] {"\n", "\r\n", "\r"}[random.nextInt(3)];
          var expected = new ArrayList<String>();
          var wire = new StringBuilder();
          for (int i = random.nextInt(6); i > 0; i--) {
            event(random, end, wire, expected);
          }
          wire.append("data: never closed");

          assertThat(read(wire.toString(), random)).isEqualTo(expected);
        });
  }

  private static void event(
      RandomGenerator random, String end, StringBuilder wire, List<String> expected) {
    boolean error = random.nextInt(4) == 0;
    if (error) {
      wire.append("event: error").append(end);
    }
    int lines = random.nextInt(3);
    var data = new ArrayList<String>();
    for (int i = 0; i < lines; i++) {
      if (random.nextBoolean()) {
        wire.append(": a comment").append(end);
      }
      var word = WORDS[random.nextInt(WORDS.length)];
      boolean blank = word.startsWith(" ") || random.nextBoolean();
      wire.append("data:").append(blank ? " " : "").append(word).append(end);
      data.add(word);
    }
    wire.append("id: 7").append(end).append(end);
    if (lines > 0) {
      expected.add((error ? "!" : "") + String.join("\n", data));
    }
  }

  private static List<String> read(String wire, RandomGenerator random) {
    var events = new ArrayList<String>();
    var reader =
        new SseReader((data, length, named) ->
            events.add((named ? "!" : "") + new String(data, 0, length, StandardCharsets.UTF_8)));
    var bytes = Unpooled.wrappedBuffer(wire.getBytes(StandardCharsets.UTF_8));
    for (int from = 0; from < bytes.writerIndex(); ) {
      int n = 1 + random.nextInt(Math.min(9, bytes.writerIndex() - from));
      reader.read(bytes, from, n);
      from += n;
    }
    return events;
  }
}
