package dev.forebay.server.openai;

import static dev.forebay.server.openai.Answers.chunk;
import static dev.forebay.server.openai.Answers.delta;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import dev.forebay.server.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerScannerTest {
  @Test
  void hearsAChatStream() {
    assertThat(Heard.stream(Answers.CHAT_STREAM))
        .isEqualTo(
            new Heard(
                true, true, true, true, false, false, false, false, true, null, 2, 1, 18, 10));
  }

  @Test
  void hearsAnAnthropicStream() {
    Heard heard = Heard.stream(Answers.MESSAGES_STREAM);
    assertThat(heard)
        .isEqualTo(
            new Heard(
                true, true, true, true, false, false, false, false, true, null, 2, 1, 125, 15));
  }

  @Test
  void hearsAResponsesStream() {
    Heard heard = Heard.stream(Answers.RESPONSES_STREAM);
    assertThat(heard)
        .isEqualTo(
            new Heard(
                true, true, true, true, false, false, false, false, true, null, 1, 0, 37, 11));
  }

  @Test
  void hearsAPlainAnswer() {
    assertThat(Heard.plain("\n\n" + Answers.CHAT_PLAIN))
        .isEqualTo(
            new Heard(
                true, true, true, false, false, false, false, false, true, null, 1, 2, 18, 10));
    assertThat(
            Heard.of(
                Operation.MESSAGES,
                false,
                """
                {"type":"message","role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}],
                "stop_reason":"tool_use","usage":{"input_tokens":5,"cache_creation_input_tokens":7,"output_tokens":3}}
                """
                    .getBytes(UTF_8)))
        .isEqualTo(
            new Heard(
                true, true, true, false, false, false, false, false, true, null, 1, 0, 12, 3));
  }

  @Test
  void noTokensAreToldThatCannotBe() {
    String below = "{\"prompt_tokens\":-5,\"completion_tokens\":-1}";
    assertThat(Heard.plain(answer(below)).promptTokens()).isZero();
    assertThat(Heard.plain(answer(below)).completionTokens()).isZero();

    String huge =
        "{\"input_tokens\":9,\"cache_read_input_tokens\":9223372036854775807,\"output_tokens\":1}";
    assertThat(Heard.plain(answer(huge)).promptTokens()).isBetween(9L, 10_000_000_000L);
  }

  private static String answer(String usage) {
    return "{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"usage\":" + usage + "}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"content\":\"a\"}",
        "{\"content\":\"\\n\"}",
        "{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}",
        "{\"content\":null,\"reasoning_content\":\"a\"}",
        "{\"content\":\"\",\"reasoning\":\"a\"}",
        "{\"refusal\":\"no\"}",
        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}",
        "{\"function_call\":{\"arguments\":\"{\"}}",
        "{\"audio\":{\"id\":\"a\",\"data\":\"AAAA\"}}",
        "{\"audio\":{\"transcript\":\"a\"}}",
      })
  void knowsContent(String delta) {
    assertThat(Heard.stream(delta(delta)).content()).isTrue();
    String plain = "{\"choices\":[{\"message\":" + delta + ",\"finish_reason\":null}]}";
    assertThat(Heard.plain(plain).deltas()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"role\":\"assistant\"}",
        "{\"role\":\"assistant\",\"content\":\"\",\"reasoning_content\":null}",
        "{\"content\":null,\"tool_calls\":[],\"refusal\":null,\"audio\":null}",
        "{}",
        "{\"other\":{\"content\":\"a\"}}",
        "{\"\\u0063ontent\":\"\"}",
      })
  void knowsWhatIsNoContent(String delta) {
    Heard heard = Heard.stream(delta(delta));
    assertThat(heard.content()).isFalse();
    assertThat(heard.started()).isTrue();
    assertThat(heard.broken()).isFalse();
    assertThat(heard.deltas()).isZero();
  }

  @Test
  void knowsContentOfOtherOperations() {
    assertThat(Heard.stream("data: {\"choices\":[{\"text\":\"a\"}]}\n\n").content()).isTrue();
    assertThat(
            Heard.stream(
                    "data: {\"type\":\"response.function_call_arguments.delta\",\"delta\":\"{\"}\n\n")
                .content())
        .isTrue();
    assertThat(
            Heard.stream(
                    "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"signature_delta\",\"signature\":\"a\"}}\n\n")
                .content())
        .isFalse();
    assertThat(
            Heard.stream(
                    "data: {\"type\":\"content_block_delta\",\"delta\":{\"partial_json\":\"{\"}}\n\n")
                .content())
        .isTrue();
    assertThat(Heard.plain("{\"data\":[{\"embedding\":\"mM7NvHyj\"}]}").content()).isTrue();
    assertThat(Heard.plain("{\"data\":[]}").content()).isFalse();
    assertThat(Heard.plain("{\"data\":[]}").finished()).isTrue();
    assertThat(Heard.plain("{\"output\":[{\"content\":[{\"text\":\"a\"}]}]}").content()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "stop, false",
    "length, false",
    "tool_calls, false",
    "insufficient_system_resource, true",
    "aborted, true",
    "abort, true",
    "abortive, false"
  })
  void knowsWhyTheModelStopped(String reason, boolean starved) {
    Heard heard = Heard.stream(chunk("\"delta\":{},\"finish_reason\":\"" + reason + "\""));
    assertThat(heard.finished()).isTrue();
    assertThat(heard.starved()).isEqualTo(starved);
    assertThat(heard.done()).isFalse();
  }

  @Test
  void anEmptyReasonIsNone() {
    assertThat(Heard.stream(chunk("\"finish_reason\":\"\"")).finished()).isFalse();
    assertThat(Heard.stream(chunk("\"finish_reason\":null")).finished()).isFalse();
  }

  @Test
  void knowsErrorsByTheirShape() {
    assertThat(Heard.stream(Answers.ERROR_STREAM))
        .matches(h -> h.failed() && h.content() && !h.broken() && h.betweenEvents())
        .extracting(Heard::errorMessage)
        .isEqualTo("out of memory");
    assertError(Heard.plain("{\"error\":{\"message\":\"no \\u4f60\"}}"), "no 你");
    assertError(Heard.plain("{\"error\":\"model not found\"}"), "model not found");
    assertError(Heard.plain("{\"message\":\"bad\",\"object\":\"error\",\"code\":400}"), "bad");
    assertError(Heard.plain("{\"object\":\"error\",\"message\":\"bad\"}"), "bad");
    assertError(
        Heard.stream(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"),
        "Overloaded");
    assertError(
        Heard.stream("data: {\"type\":\"error\",\"code\":\"x\",\"message\":\"sad\"}\n\n"), "sad");
    Heard failed =
        Heard.stream(
            "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"x\",\"message\":\"sad\"}}}\n\n");
    assertError(failed, "sad");
    assertThat(failed.done()).isTrue();
    assertThat(Heard.stream("event: error\ndata: Internal error\n\n"))
        .matches(h -> h.failed() && !h.broken());
    assertThat(Heard.plain("{\"error\":null,\"output\":[]}").failed()).isFalse();
    assertThat(Heard.plain("{\"error\":{},\"output\":[]}").failed()).isTrue();
    assertThat(Heard.plain("{\"nested\":{\"error\":{\"message\":\"a\"}}}").failed()).isFalse();
  }

  private static void assertError(Heard heard, String message) {
    assertThat(heard.failed()).isTrue();
    assertThat(heard.broken()).isFalse();
    assertThat(heard.content()).isFalse();
    assertThat(heard.errorMessage()).isEqualTo(message);
  }

  @Test
  void cutsLongErrorMessages() {
    String long1 = "é".repeat(500);
    assertThat(Heard.plain("{\"error\":{\"message\":\"" + long1 + "\"}}").errorMessage())
        .isEqualTo("é".repeat(200));
    String long2 = "\\u4f60".repeat(500);
    assertThat(Heard.plain("{\"error\":{\"message\":\"" + long2 + "\"}}").errorMessage())
        .isEqualTo("你".repeat(200));
    assertThat(
            Heard.plain("{\"error\":{\"message\":\"" + "😀".repeat(299) + "a\"}}").errorMessage())
        .isEqualTo("😀".repeat(100));
  }

  @Test
  void blankUntilDataComes() {
    assertThat(Heard.stream("")).matches(h -> h.blank() && h.betweenEvents() && !h.started());
    Heard waiting = Heard.stream(": keep-alive\n\n\n: keep-alive\n\n");
    assertThat(waiting).matches(h -> h.blank() && h.betweenEvents());
    assertThat(waiting.keepAlives()).isEqualTo(3);
    Heard spaces = Heard.plain("\n \r\n");
    assertThat(spaces).matches(h -> h.blank() && !h.betweenEvents() && !h.broken());
    assertThat(spaces.keepAlives()).isEqualTo(3);
    assertThat(Heard.stream("retry: 3000\n\ndata: \n\n").blank()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html><body>Bad gateway</body></html>",
        "<!doctype html>\n<html>\n\n",
        "upstream connect error or disconnect/reset before headers\n",
        "data: <html>\n\n",
        "data: {\"choices\":[}\n\n",
        "data: {\"choices\":[{\"delta\n\n",
        "data: {} {}\n\n",
        "data: [DONE] x\n\n",
        "data: [\n\n",
        "\u00ef\u00bbdata: {}\n\n",
        "data: {}\n\n{\"error\":{\"message\":\"raw\"}}\n",
      })
  void knowsRubbishInAStream(String text) {
    assertThat(Heard.of(Operation.CHAT, true, text.getBytes(ISO_8859_1)).broken()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<html>", "{\"choices\":[}", "{} x", "data: {}", "{\"a\":01}", "nul1", "]"})
  void knowsRubbishInAPlainAnswer(String text) {
    assertThat(Heard.plain(text))
        .matches(h -> h.broken() && h.started() && !h.finished() && !h.blank());
  }

  @Test
  void readsEventsHoweverTheirLinesAreWritten() {
    assertThat(
            Heard.stream(
                "id: 7\nevent:x\nextra\ndata:{\"choices\":[{\ndata: \"delta\":{\"content\":\"a\"}}]\ndata:}\n\n"))
        .matches(h -> h.broken() && h.content());
    assertThat(
            Heard.stream(
                "id: 7\nevent:x\ndata:{\"choices\":[{\ndata: \"delta\":{\"content\":\"a\"}}]\ndata:}\n\n"))
        .matches(h -> h.content() && h.deltas() == 1 && !h.broken() && h.betweenEvents());
    assertThat(Heard.stream("data: [DONE]\n")).matches(h -> h.done() && !h.betweenEvents());
    assertThat(Heard.stream("data:  [DONE] \n\n")).matches(h -> h.done() && h.betweenEvents());
  }

  @Test
  void standsBetweenEventsOnlyBehindAnEmptyLine() {
    AnswerScanner scanner = new AnswerScanner(Operation.CHAT, true);
    Progress progress = new Progress();
    byte[] bytes = (": c\n\n" + delta("{\"content\":\"a\"}") + "data: [DONE]\n\n").getBytes(UTF_8);
    int between = 0;
    for (int i = 0; i < bytes.length; i++) {
      scanner.scan(Unpooled.wrappedBuffer(bytes), i, i + 1, progress, 0);
      if (scanner.betweenEvents()) {
        between++;
        assertThat(bytes[i]).isEqualTo((byte) '\n');
      }
    }
    // behind the comment's line and the empty one, and behind each event
    assertThat(between).isEqualTo(4);
  }

  @Test
  void ofAPassedThroughAnswerAnyByteIsContent() {
    assertThat(Heard.of(Operation.PASS_THROUGH, false, new byte[] {'R', 0, 1}))
        .matches(h -> h.content() && !h.broken() && !h.failed());
    assertThat(Heard.of(Operation.PASS_THROUGH, true, "data: {\"x\":1}\n\n".getBytes(UTF_8)))
        .matches(h -> h.content() && !h.broken());
  }

  @Test
  void hearsTheSameHoweverAnAnswerIsSplit() {
    for (Answers answer : Answers.ALL) {
      byte[] bytes = answer.text().getBytes(UTF_8);
      Heard whole = Heard.of(answer.operation(), answer.stream(), bytes);
      Seeds.forAll(
          500,
          random ->
              assertThat(
                      Heard.of(
                          answer.operation(),
                          answer.stream(),
                          bytes,
                          Heard.cuts(random, bytes.length)))
                  .isEqualTo(whole));
    }
  }

  @Test
  void allocatesNothingForEachEvent() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ByteBuf event =
        Unpooled.directBuffer().writeBytes(delta("{\"content\":\"a\"}").getBytes(UTF_8));
    AnswerScanner scanner = new AnswerScanner(Operation.CHAT, true);
    Progress progress = new Progress();
    scanner.scan(event, 0, event.writerIndex(), progress, 0);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      scanner.scan(event, 0, 100, progress, 0);
      scanner.scan(event, 100, event.writerIndex(), progress, 0);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    event.release();
    assertThat(progress.deltas()).isEqualTo(1001);
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void noMutationDoesMoreThanChangeWhatIsHeard() {
    String spice = "\"\\{}[]:,\n\r 0-.eEtfndata\u00ef\0\u00ff";
    Seeds.forAll(
        60_000,
        random -> {
          Answers answer = Answers.ALL.get(random.nextInt(Answers.ALL.size()));
          byte[] bytes = Seeds.mutated(answer.text(), spice, random).getBytes(ISO_8859_1);
          Heard whole = Heard.of(answer.operation(), answer.stream(), bytes);
          Heard split =
              Heard.of(
                  answer.operation(), answer.stream(), bytes, Heard.cuts(random, bytes.length));
          assertThat(split).isEqualTo(whole);
        });
  }

  @Test
  void tellsTheIdOfWhatWasMadeOnceHoweverItIsCut() {
    String response = "{\"id\":\"resp_1\",\"object\":\"response\",\"output\":[{\"id\":\"msg_1\"}]}";
    assertMade(Operation.RESPONSES, false, response, "resp_1");
    assertMade(
        Operation.RESPONSES,
        true,
        """
        event: response.created
        data: {"type":"response.created","response":{"output":[{"id":"msg_0"}],"id":"resp_2"}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","item":{"id":"msg_1"}}

        event: response.completed
        data: {"type":"response.completed","response":{"id":"resp_2"}}

        """,
        "resp_2");
    assertMade(
        Operation.CHAT,
        true,
        "data: {\"id\":\"c-1\",\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"call_1\"}]}}]}\n\n"
            .repeat(3),
        "c-1");
    assertMade(Operation.RESPONSES, false, "{\"id\":null,\"output\":[]}");
    assertMade(Operation.RESPONSES, false, "{\"id\":\"\",\"output\":[]}");
    // what no id can be is told as it is written, and whoever remembers ids refuses it
    assertMade(Operation.RESPONSES, false, "{\"id\":\"a\\u0041\"}", "a\\u0041");
  }

  private static void assertMade(
      Operation operation, boolean stream, String answer, String... expected) {
    byte[] bytes = answer.getBytes(UTF_8);
    for (int pieces : new int[] {1, 3, bytes.length}) {
      List<String> made = new ArrayList<>();
      AnswerScanner scanner = new AnswerScanner(operation, stream, made::add);
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      Progress progress = new Progress();
      for (int piece = 0; piece < pieces; piece++) {
        int from = bytes.length * piece / pieces;
        scanner.scan(in, from, bytes.length * (piece + 1) / pieces, progress, 0);
      }
      assertThat(made).containsExactly(expected);
    }
  }
}
