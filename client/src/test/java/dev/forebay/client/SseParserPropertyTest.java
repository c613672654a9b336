package dev.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserPropertyTest {
  @Test
  void eventsDoNotDependOnHowTheirBytesWereSplit() {
    Seeds.forAll(
        500,
        random -> {
          String[] parts = {
            "data:", "data: ", "你", "x", "\n", "\r", "\r\n", "\n\n", ":", "event: e"
          };
          var text = new StringBuilder();
          for (int i = random.nextInt(60); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
          }
          var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
          var split = new ArrayList<byte[]>();
          for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + random.nextInt(1, 5));
            split.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
          }
          assertThat(events(split)).isEqualTo(events(List.of(bytes)));
        });
  }

  @Test
  void readsWhatTheStandardSays() {
    assertThat(
            events(
                List.of(
                    ("\uFEFFevent: a\r\ndata: 1\r\ndata:2\r\rdata\n\n: note\nevent: b\n\n"
                            + "id: 7\ndata:  3\n\ndata: cut off")
                        .getBytes(StandardCharsets.UTF_8))))
        .containsExactly(
            new ServerSentEvent("a", "1\n2"),
            new ServerSentEvent("", ""),
            new ServerSentEvent("", " 3"));
  }

  private static List<ServerSentEvent> events(List<byte[]> pieces) {
    var events = new ArrayList<ServerSentEvent>();
    var parser = new SseParser(events::add);
    try {
      for (var piece : pieces) {
        parser.feed(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return events;
  }
}
