package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import dev.forebay.server.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LikeLastTest {
  private static final String HEAD =
      "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
  private static final String TAIL = "\"},\"finish_reason\":null}]}";

  private static final List<String> TEXTS =
      List.of(
          "a",
          " word",
          "",
          "\\\"",
          "\\n",
          "水闸",
          "\\\"content\\\":\\\"",
          "}",
          "content",
          "\"},\"finish_reason\":\"stop\"}],\"x\":[{\"y\":{\"content\":\"");

  private final LikeLast like = new LikeLast();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private boolean is(String document) {
    byte[] bytes = bytes(document);
    return like.is(bytes, 0, bytes.length);
  }

  private void learn(String document) {
    byte[] bytes = bytes(document);
    like.learn(bytes, 0, bytes.length);
  }

  @Test
  void nothingIsLikeWhatWasNeverLearnt() {
    assertThat(is(HEAD + "a" + TAIL)).isFalse();
    assertThat(is("")).isFalse();
  }

  @Test
  void anotherTextMakesNoDifference() {
    learn(HEAD + "a" + TAIL);

    assertThat(is(HEAD + " and another one, 水" + TAIL)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\\n", "a\"", "\"", "\\\\"})
  void aTextThatIsEmptyOrHasMarksIsReadInFull(String text) {
    learn(HEAD + "a" + TAIL);

    assertThat(is(HEAD + text + TAIL)).isFalse();
  }

  @Test
  void anythingElseThatDiffersIsReadInFull() {
    learn(HEAD + "a" + TAIL);

    assertThat(is(HEAD + "b" + TAIL.replace("null", "\"stop\""))).isFalse();
    assertThat(is(HEAD.replace("c1", "c2") + "b" + TAIL)).isFalse();
    assertThat(is(HEAD + "b" + TAIL + " ")).isFalse();
    assertThat(is(HEAD + "b")).isFalse();
  }

  @Test
  void aStreamSaysTheSameWhetherItsEventsAreComparedOrRead() {
    Seeds.forAll(
        300,
        random -> {
          byte[] stream = stream(random);
          assertThat(heard(stream, stream.length)).isEqualTo(heard(stream, 1));
        });
  }

  private static byte[] stream(RandomGenerator random) {
    StringBuilder stream = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      String text = TEXTS.get(random.nextInt(random.nextInt(8) == 0 ? TEXTS.size() : 3));
      String tail =
          switch (random.nextInt(20)) {
            case 0 -> TAIL.replace("null", "\"stop\"");
            case 1 -> "\"}}],\"usage\":{\"prompt_tokens\":" + i + ",\"completion_tokens\":7}}";
            case 2 -> "\"}}],\"error\":{\"message\":\"m" + i + "\"}}";
            case 3 -> "\"}}],\"obfuscation\":\"" + "x".repeat(i) + "\"}";
            default -> TAIL;
          };
      stream.append("data: ").append(HEAD).append(text).append(tail).append("\n\n");
    }
    return bytes(stream.append("data: [DONE]\n\n").toString());
  }

  /// All that the scanner tells of a stream that comes in pieces of that size. In pieces of one
  /// byte no event is ever compared.
  private static String heard(byte[] stream, int piece) {
    var scanner = new AnswerScanner(Operation.CHAT, true);
    Progress progress = new Progress();
    ByteBuf in = Unpooled.wrappedBuffer(stream);
    for (int at = 0; at < stream.length; at += piece) {
      scanner.scan(in, at, Math.min(stream.length, at + piece), progress, 1);
    }
    return "%s %s %s %s %s %s %s %s %d %d"
        .formatted(
            scanner.content(),
            scanner.finished(),
            scanner.done(),
            scanner.failed(),
            scanner.starved(),
            scanner.broken(),
            scanner.errorMessage(),
            scanner.betweenEvents(),
            progress.promptTokens(),
            progress.completionTokens());
  }
}
