package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonScannerTest {
  /// Writes down what it is told.
  private static final class Notes implements JsonScanner.Visitor {
    final List<String> lines = new ArrayList<>();
    final JsonScanner json = new JsonScanner(this);

    @Override
    public int keep(int path) {
      return 8;
    }

    @Override
    public void string(int path, boolean empty) {
      lines.add(
          path + " " + empty + " " + new String(json.kept(), 0, json.keptBytes(), ISO_8859_1));
    }

    @Override
    public void number(int path, long value) {
      lines.add(path + " " + value);
    }

    @Override
    public void truth(int path, boolean value) {
      lines.add(path + " " + value);
    }

    @Override
    public void open(int path, boolean object) {
      lines.add(path + (object ? " {" : " ["));
    }
  }

  private static Notes read(byte[] bytes, int... cuts) {
    Notes notes = new Notes();
    int from = 0;
    for (int cut : cuts) {
      notes.json.scan(bytes, from, cut);
      from = cut;
    }
    notes.json.scan(bytes, from, bytes.length);
    return notes;
  }

  private static Notes read(String text) {
    return read(text.getBytes(UTF_8));
  }

  @Test
  void tellsOfKnownPathsOnly() {
    int delta = Member.CHOICES << 6 | Member.DELTA;
    assertThat(
            read("""
            {"x":{"content":"no"},"choices":[{"delta":{"content":"a\\"b","y":[1]}}],
             "usage":{"prompt_tokens":-12,"completion_tokens":3.99},"error":false,"type":null,"text":"123456789"}
            """)
                .lines)
        .containsExactly(
            "0 {",
            Member.CHOICES + " [",
            Member.CHOICES + " {",
            delta + " {",
            (delta << 6 | Member.CONTENT) + " false a\\\"b",
            Member.USAGE + " {",
            (Member.USAGE << 6 | Member.PROMPT_TOKENS) + " -12",
            (Member.USAGE << 6 | Member.COMPLETION_TOKENS) + " 3",
            Member.ERROR + " false",
            Member.TEXT + " false 12345678");
  }

  @Test
  void forgetsTheLastDocument() {
    Notes notes = read("{\"error\":[1,");
    notes.json.reset();
    notes.json.scan("{\"type\":\"a\"} ".getBytes(UTF_8), 0, 13);
    assertThat(notes.json.complete()).isTrue();
    assertThat(notes.lines).endsWith(Member.TYPE + " false a");
  }

  @Test
  void holdsNumbersThatALongCannot() {
    assertThat(read("{\"usage\":99999999999999999999999}").lines)
        .contains(Member.USAGE + " " + Long.MAX_VALUE);
  }

  @Test
  void countsBracketsBelowTheDepthItTracks() {
    for (int depth : new int[] {1, 63, 64, 65, 66, 1000}) {
      String deep = "[".repeat(depth) + "\"]\\\"\"" + "]".repeat(depth);
      assertThat(read(deep).json.complete()).as("depth " + depth).isTrue();
      assertThat(read(deep + "]").json.broken()).isTrue();
      assertThat(read(deep.substring(1)).json.broken()).isTrue();
      assertThat(read("[" + deep).json.complete()).isFalse();
    }
    assertThat(read("[".repeat(2_000_000)).json.broken()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[]", "\"\"", "0", "-0.0e-1", "12", "true", "null", " [ 1 , { } ] "})
  void knowsWhatIsComplete(String text) {
    assertThat(read(text).json.complete()).isTrue();
    assertThat(read(text + " \n").json.complete()).isTrue();
    assertThat(read(text + " x").json.broken()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[1", "\"a", "-", "1.", "1e", "1e+", "tru", "{\"a\"", "{\"a\":"})
  void knowsWhatIsNotCompleteYet(String text) {
    Notes notes = read(text);
    assertThat(notes.json.complete()).isFalse();
    assertThat(notes.json.broken()).isFalse();
  }

  @Test
  void agreesWithJacksonOnWhatIsJson() {
    JsonFactory factory = new JsonFactory();
    String seed =
        "{\"a\":[1,-2.5e+3,true,false,null,\"b\\\"\\\\\"],\"\":{\"c\":0,\"d\":{}},\"e\":[[],0.5]}";
    String spice = "\"\\{}[]:,- 019.eE+tfn";
    Seeds.forAll(
        100_000,
        random -> {
          String text = Seeds.mutated(seed, spice, random);
          byte[] bytes = text.getBytes(UTF_8);
          Notes whole = read(bytes);
          Notes split = read(bytes, Heard.cuts(random, bytes.length));
          assertThat(split.lines).isEqualTo(whole.lines);
          assertThat(split.json.complete()).isEqualTo(whole.json.complete());
          assertThat(split.json.broken()).isEqualTo(whole.json.broken());
          boolean escapes = text.matches("(?s).*\\\\[^\"\\\\].*");
          if (!escapes) {
            assertThat(whole.json.complete()).as(text).isEqualTo(isJson(factory, bytes));
          }
        });
  }

  private static boolean isJson(JsonFactory factory, byte[] bytes) {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }
}
