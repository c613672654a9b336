package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.pipeline.Operation;
import dev.forebay.server.fuzz.Laws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What must hold of the readers of answers for whatever bytes come: they find the same in any
/// pieces, and events are where a plain reading of the standard finds them.
public final class AnswerFuzz {
  private static final Operation[] OPERATIONS = Operation.values();

  private AnswerFuzz() {}

  /// Checks one input.
  ///
  /// @param data a byte that chooses operation and kind, two that say where to cut, then an answer
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 3) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(data, 3, data.length);
    int[] cuts = Laws.cuts(data[1], data[2], bytes.length);
    Operation operation = OPERATIONS[(data[0] & 0x7f) % OPERATIONS.length];
    boolean stream = data[0] >= 0;
    Laws.same(Heard.of(operation, stream, bytes), Heard.of(operation, stream, bytes, cuts));
    if (stream) {
      Laws.same(plainly(bytes), Told.of(bytes, cuts));
    }
  }

  /// The stream line by line, as the standard tells it.
  private static List<String> plainly(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    List<String> told = new ArrayList<>();
    boolean rubbish = false;
    if (text.startsWith("\u00ef\u00bb\u00bf")) {
      text = text.substring(3);
    } else {
      rubbish = text.startsWith("\u00ef");
    }
    String[] lines = text.split("\r\n|\n|\r", -1);
    for (int i = 0; i < lines.length - 1; i++) {
      String line = lines[i];
      if (rubbish) {
        rubbish = false;
      } else if (line.isEmpty()) {
        told.add("event");
      } else if (line.startsWith(":")) {
        told.add("comment");
      } else if (line.equals("data")) {
        told.add("data ");
      } else if (line.startsWith("data:")) {
        told.add("data " + line.substring(line.startsWith("data: ") ? 6 : 5));
      }
    }
    return told;
  }

  /// The stream as the scanner tells it.
  private static final class Told implements SseScanner.Sink {
    private final List<String> told = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();

    static List<String> of(byte[] bytes, int[] cuts) {
      Told sink = new Told();
      SseScanner scanner = new SseScanner(sink);
      int from = 0;
      for (int cut : cuts) {
        scanner.scan(bytes, from, cut);
        from = cut;
      }
      scanner.scan(bytes, from, bytes.length);
      return sink.told;
    }

    @Override
    public void data(byte[] bytes, int from, int to) {
      Laws.holds(from < to, "an empty piece of data");
      line.append(new String(bytes, from, to - from, ISO_8859_1));
    }

    @Override
    public void dataLine() {
      told.add("data " + line);
      line.setLength(0);
    }

    @Override
    public void event(boolean fields) {
      told.add("event");
    }

    @Override
    public void comment() {
      told.add("comment");
    }

    @Override
    public void rubbish() {}
  }
}
