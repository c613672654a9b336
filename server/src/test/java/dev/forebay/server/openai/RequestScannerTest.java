package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import dev.forebay.pipeline.Request.Prompt;
import dev.forebay.server.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestScannerTest {
  private static Scanned scan(Operation operation, String body) throws InvalidBody {
    return RequestScanner.scan(operation, Unpooled.wrappedBuffer(body.getBytes(UTF_8)));
  }

  private static Request chat(String fields) throws InvalidBody {
    return scan(Operation.CHAT, "{\"model\":\"m\"" + fields + "}").request();
  }

  @Test
  void readsAChat() throws Exception {
    String body =
        """
        {"model": "gpt-4o", "stream": true, "stream_options": {"x": [1], "include_usage": true},
         "max_tokens": 100, "max_completion_tokens": 200, "n": 2, "user": "u", "prompt_cache_key": "k",
         "temperature": 0.5, "tools": [{"type": "function", "function": {"name": "f"}}], "unknown": {"model": 1},
         "messages": [{"role": "system", "content": "Be 好"}, {"role": "user", "content": [
           {"type": "text", "text": "Look😀"},
           {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
           {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]}]}
        """;
    assertThat(scan(Operation.CHAT, body).request())
        .isEqualTo(
            new Request(
                Operation.CHAT,
                "gpt-4o",
                true,
                true,
                200,
                2,
                new Prompt(7, 2, 2, 1, 1),
                "u",
                "k",
                0.5,
                true,
                true));
  }

  @Test
  void takesNullForMissing() throws Exception {
    String nulls =
        ",\"stream\":null,\"stream_options\":null,\"max_tokens\":null,\"n\":null,\"user\":null,"
            + "\"metadata\":null,\"temperature\":null,\"tools\":null,\"tool_choice\":null,\"store\":null,"
            + "\"background\":null,\"previous_response_id\":null,\"messages\":null";
    assertThat(chat(nulls)).isEqualTo(chat(""));
    assertThat(chat(""))
        .isEqualTo(
            new Request(
                Operation.CHAT,
                "m",
                false,
                false,
                0,
                1,
                Prompt.NONE,
                null,
                null,
                Double.NaN,
                false,
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"stream\":\"yes\" | stream | stream must be true or false, was \"yes\"",
        "\"stream\":1 | stream | stream must be true or false, was 1",
        "\"model\":\"n\" | model | model must not be given twice",
        "\"mod\\u0065l\":\"n\" | model | model must not be given twice",
        "\"max_tokens\":0 | max_tokens | max_tokens must be at least 1, was 0",
        "\"max_tokens\":-1 | max_tokens | max_tokens must be at least 1, was -1",
        "\"max_completion_tokens\":1.5 | max_completion_tokens | max_completion_tokens must be a whole number, was 1.5",
        "\"max_output_tokens\":\"9\" | max_output_tokens | max_output_tokens must be a number, was \"9\"",
        "\"n\":0 | n | n must be 1 to 128, was 0",
        "\"n\":129 | n | n must be 1 to 128, was 129",
        "\"n\":1e400 | n | n must be 1 to 128, was 1e400",
        "\"user\":5 | user | user must be a string, was 5",
        "\"metadata\":[] | metadata | metadata must be an object, was an array",
        "\"metadata\":{\"user_id\":7} | metadata.user_id | metadata.user_id must be a string, was 7",
        "\"metadata\":{\"user_id\":\"a\",\"b\":1,\"user_id\":\"b\"} | metadata.user_id | metadata.user_id must not be given twice",
        "\"stream_options\":{\"include_usage\":1} | stream_options.include_usage | stream_options.include_usage must be true or false, was 1",
        "\"stream_options\":{\"include_usage\":true,\"include_usage\":false} | stream_options.include_usage | stream_options.include_usage must not be given twice",
        "\"stream_options\":true | stream_options | stream_options must be an object, was true",
        "\"temperature\":\"hot\" | temperature | temperature must be a number, was \"hot\"",
        "\"tools\":{} | tools | tools must be an array, was an object",
        "\"tools\":[{\"type\":\"function\",\"type\":\"mcp\"}] | tools.type | tools.type must not be given twice",
        "\"store\":\"no\" | store | store must be true or false, was \"no\"",
        "\"messages\":\"hi\" | messages | messages must be an array, was \"hi\"",
      })
  void refusesWhatCannotBeMeant(String field, String param, String message) {
    assertThatThrownBy(() -> chat("," + field))
        .isInstanceOfSatisfying(
            InvalidBody.class,
            e -> {
              assertThat(e).hasMessage(message);
              assertThat(e.param()).isEqualTo(param);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"model\":\"\"}",
        "{\"model\":\" \"}",
        "{\"model\":null}",
        "{\"model\":7}"
      })
  void wantsAModel(String body) throws Exception {
    assertThatThrownBy(() -> scan(Operation.CHAT, body))
        .isInstanceOfSatisfying(InvalidBody.class, e -> assertThat(e.param()).isEqualTo("model"));
    assertThat(scan(Operation.PASS_THROUGH, body))
        .matches(s ->
            s.request().model().isEmpty()
                && s.edits().modelFrom() == -1
                && s.edits().modelTo() == -1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "\"model\"",
        "null",
        "{\"model\":\"m\"",
        "{\"model\":\"m\"} {}",
        "{\"model\":\"m\"}x",
        "{\"model\":\"m\",}",
        "{'model':'m'}",
        "{\"model\":\"m\",\"temperature\":NaN}",
        "{\"model\":\"m\",\"temperature\":01}",
        "{\"model\":\"m\n\"}",
        "model=m",
      })
  void refusesWhatIsNotOneJsonObject(String body) {
    for (Operation operation : Operation.values()) {
      assertThatThrownBy(() -> scan(operation, body)).isInstanceOf(InvalidBody.class);
    }
  }

  @Test
  void refusesDepthAndNumbersBeyondReason() {
    assertThatThrownBy(() -> chat(",\"x\":" + "[".repeat(501) + "]".repeat(501)))
        .isInstanceOf(InvalidBody.class);
    assertThatThrownBy(() -> chat(",\"messages\":" + "[".repeat(100_000)))
        .isInstanceOf(InvalidBody.class);
    assertThatThrownBy(() -> chat(",\"n\":" + "9".repeat(1001))).isInstanceOf(InvalidBody.class);
    byte[] wide = "{\"model\":\"m\"}".getBytes(UTF_16LE);
    assertThatThrownBy(() -> RequestScanner.scan(Operation.CHAT, Unpooled.wrappedBuffer(wide)))
        .hasMessage("body must be JSON in UTF-8");
  }

  @Test
  void clampsWhatIsMoreThanEnough() throws Exception {
    assertThat(chat(",\"max_tokens\":99999999999999999999").maxTokens())
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(chat(",\"max_tokens\":100.0").maxTokens()).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CHAT | \"x\":1 | true",
        "CHAT | \"store\":true | false",
        "CHAT | \"store\":false | true",
        "CHAT | \"tools\":[{\"type\":\"function\"},{\"type\":\"custom\"}] | true",
        "CHAT | \"tools\":[{\"type\":\"function\"},{\"type\":\"web_search\"}] | false",
        "RESPONSES | \"x\":1 | false",
        "RESPONSES | \"store\":null | false",
        "RESPONSES | \"store\":true | false",
        "RESPONSES | \"store\":false | true",
        "RESPONSES | \"store\":false,\"background\":true | false",
        "RESPONSES | \"store\":false,\"previous_response_id\":\"resp_1\" | false",
        "RESPONSES | \"store\":false,\"previous_response_id\":null | true",
        "RESPONSES | \"store\":false,\"tools\":[{\"type\":\"mcp\",\"server_url\":\"x\"}] | false",
        "MESSAGES | \"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}] | true",
        "MESSAGES | \"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}] | false",
      })
  void knowsWhatMayBeSentTwice(Operation operation, String fields, boolean repeatable)
      throws Exception {
    assertThat(scan(operation, "{\"model\":\"m\"," + fields + "}").request().repeatable())
        .isEqualTo(repeatable);
  }

  @Test
  void knowsWhetherToolsAreOffered() throws Exception {
    String tools = ",\"tools\":[{\"type\":\"function\"}]";
    assertThat(chat(tools).tools()).isTrue();
    assertThat(chat(",\"tools\":[]").tools()).isFalse();
    assertThat(chat(",\"tool_choice\":\"none\"" + tools).tools()).isFalse();
    assertThat(chat(",\"tool_choice\":{\"type\":\"none\"}" + tools).tools()).isFalse();
    assertThat(chat(",\"tool_choice\":{\"type\":\"function\",\"function\":{}}" + tools).tools())
        .isTrue();
  }

  @Test
  void namesTheUserByTheNewestWayToNameOne() throws Exception {
    assertThat(chat(",\"metadata\":{\"user_id\":\"c\"}").user()).isEqualTo("c");
    assertThat(chat(",\"user\":\"b\",\"metadata\":{\"user_id\":\"c\"}").user()).isEqualTo("b");
    assertThat(chat(",\"user\":\"b\",\"safety_identifier\":\"a\"").user()).isEqualTo("a");
  }

  @Test
  void measuresPrompts() throws Exception {
    assertThat(prompt(Operation.COMPLETION, "\"prompt\":\"abc\",\"suffix\":\"de\""))
        .isEqualTo(new Prompt(5, 0, 0, 0, 0));
    assertThat(prompt(Operation.COMPLETION, "\"prompt\":[1,2,3,4,5,6,7,8,9,10]").asciiChars())
        .isEqualTo(33);
    assertThat(prompt(Operation.EMBEDDINGS, "\"input\":[\"ab\",\"好\"]"))
        .isEqualTo(new Prompt(2, 1, 0, 0, 0));
    assertThat(
            prompt(
                Operation.RESPONSES,
                "\"instructions\":\"abc\",\"prompt\":{\"id\":\"x\"},\"input\":[{\"role\":\"user\",\"content\":["
                    + "{\"type\":\"input_text\",\"text\":\"d\"},{\"type\":\"input_image\",\"image_url\":\"data:AAAA\"}]}]"))
        .isEqualTo(new Prompt(4, 0, 1, 1, 0));
    assertThat(
            prompt(
                Operation.MESSAGES,
                "\"system\":[{\"type\":\"text\",\"text\":\"ab\",\"cache_control\":{\"type\":\"ephemeral\"}}],"
                    + "\"messages\":[{\"role\":\"user\",\"content\":["
                    + "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"}},"
                    + "{\"type\":\"document\",\"source\":{\"type\":\"text\",\"media_type\":\"text/plain\",\"data\":\"cde\"}},"
                    + "{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":[{\"type\":\"text\",\"text\":\"f\"}]},"
                    + "{\"type\":\"tool_use\",\"id\":\"t\",\"input\":{\"data\":\"gh\",\"id\":[\"i\",{\"file\":\"j\"}]}}]}]"))
        .isEqualTo(new Prompt(10, 0, 1, 2, 0));
  }

  @Test
  void aNameFilledUpWithBytesThatAreNoUtf8IsNotTheKnownOne() throws Exception {
    assertThat(chat("").model()).isNotEmpty(); // the parser knows the name from now on
    for (String rest : new String[] {"", ",\"x\":\"" + "y".repeat(200_000) + "\""}) {
      byte[] body = ("{\"mode\u00ff\u00ff\u00ffl\":\"m\"" + rest + "}").getBytes(ISO_8859_1);
      ByteBuf offHeap = Unpooled.directBuffer(body.length).writeBytes(body);
      for (ByteBuf each : new ByteBuf[] {Unpooled.wrappedBuffer(body), offHeap}) {
        assertThatThrownBy(() -> RequestScanner.scan(Operation.CHAT, each))
            .isInstanceOf(InvalidBody.class)
            .hasMessage("body must be JSON in UTF-8");
        assertThat(RequestScanner.scanPrefix(Operation.CHAT, each)).isNull();
      }
      offHeap.release();
    }
  }

  private static Prompt prompt(Operation operation, String fields) throws InvalidBody {
    return scan(operation, "{\"model\":\"m\"," + fields + "}").request().prompt();
  }

  @Test
  void countsAnAnswerForEachOfSeveralPrompts() throws Exception {
    String body = "{\"model\":\"m\",\"n\":2,\"prompt\":%s}";
    assertThat(scan(Operation.COMPLETION, body.formatted("\"a\"")).request().choices())
        .isEqualTo(2);
    assertThat(scan(Operation.COMPLETION, body.formatted("[\"a\",\"b\"]")).request().choices())
        .isEqualTo(4);
    assertThat(scan(Operation.COMPLETION, body.formatted("[[1,2],[3]]")).request().choices())
        .isEqualTo(4);
    assertThat(scan(Operation.COMPLETION, body.formatted("[1,2,3]")).request().choices())
        .isEqualTo(2);
  }

  @Test
  void readsAPassedThroughBodyOnlyAsFarAsItIsWhatItSeems() throws Exception {
    Scanned scanned =
        scan(
            Operation.PASS_THROUGH,
            "{\"n\":-5,\"stream\":true,\"tools\":7,\"model\":\"m\",\"prompt\":{},\"user\":[1]}");
    assertThat(scanned.request().model()).isEqualTo("m");
    assertThat(scanned.request().stream()).isTrue();
    assertThat(scanned.request().choices()).isEqualTo(1);
    assertThat(scanned.request().user()).isNull();
  }

  @Test
  void tellsWhereTheModelStandsHoweverTheBodyIsHeld() {
    Seeds.forAll(
        400,
        random -> {
          String before = "é好😀a\\n".repeat(random.nextInt(random.nextInt(8) == 0 ? 20_000 : 40));
          String model = "\"m\\u4f60-好" + "x".repeat(random.nextInt(60)) + "\"";
          String after = "z".repeat(random.nextInt(100_000 / (1 + random.nextInt(20))));
          String text =
              " {\"x\":\""
                  + before
                  + "\", \"model\" : "
                  + model
                  + " ,\"y\":\""
                  + after
                  + "\",\"messages\":[{\"content\":\"é\"}]}";
          byte[] bytes = text.getBytes(UTF_8);
          ByteBuf held =
              switch (random.nextInt(4)) {
                case 0 -> Unpooled.buffer(bytes.length + 7).writeZero(7);
                case 1 -> Unpooled.directBuffer(bytes.length + 7).writeZero(7);
                case 2 -> Unpooled.buffer(bytes.length + 9).skipBytes(0).writeZero(9).slice(2, 7);
                default ->
                    Unpooled.compositeBuffer()
                        .addComponent(true, Unpooled.directBuffer().writeZero(7));
              };
          ByteBuf body =
              held.readableBytes() == held.capacity()
                  ? Unpooled.wrappedBuffer(held, Unpooled.directBuffer().writeBytes(bytes))
                  : held.writeBytes(bytes);
          body.skipBytes(7);
          int reader = body.readerIndex();
          try {
            Scanned scanned = RequestScanner.scan(Operation.CHAT, body);
            assertThat(body.readerIndex()).isEqualTo(reader);
            assertThat(
                    body.toString(
                        reader + scanned.edits().modelFrom(),
                        scanned.edits().modelTo() - scanned.edits().modelFrom(),
                        UTF_8))
                .isEqualTo(model);
            assertThat(scanned.request().prompt()).isEqualTo(new Prompt(0, 1, 1, 0, 0));
          } finally {
            body.release();
          }
        });
  }

  @Test
  void readsTheBeginningOfABodyThatIsTooLarge() {
    String text =
        "{\"model\":\"m好\",\"max_tokens\":1234,\"stream\":true,\"user\":\"u\","
            + "\"messages\":[{\"role\":\"user\",\"content\":\"abc好def\"}],\"n\":2}";
    byte[] bytes = text.getBytes(UTF_8);
    Scanned last = null;
    for (int length = 0; length <= bytes.length; length++) {
      Scanned scanned =
          RequestScanner.scanPrefix(Operation.CHAT, Unpooled.wrappedBuffer(bytes, 0, length));
      if (scanned == null) {
        assertThat(length).isLessThan(16);
      } else {
        assertThat(scanned.request().model()).isEqualTo("m好");
        assertThat(scanned.request().repeatable()).isFalse();
        assertThat(scanned.request().maxTokens()).isIn(0, 1234);
        assertThat(scanned.request().choices()).isIn(1, 2);
      }
      last = scanned;
    }
    assertThat(last).isNotNull();

    int cut = text.substring(0, text.indexOf("f\"}")).getBytes(UTF_8).length;
    Scanned scanned =
        RequestScanner.scanPrefix(Operation.CHAT, Unpooled.wrappedBuffer(bytes, 0, cut));
    assertThat(scanned).extracting(s -> s.request().prompt()).isEqualTo(new Prompt(5, 1, 1, 0, 0));
  }

  @Test
  void mutatedBodiesAreReadOrRefusedAndNothingElse() {
    String seed =
        "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"n\":2,"
            + "\"max_tokens\":10,\"temperature\":0.5,\"metadata\":{\"user_id\":\"u\"},\"store\":false,"
            + "\"tools\":[{\"type\":\"function\"}],\"tool_choice\":{\"type\":\"auto\"},"
            + "\"system\":[{\"type\":\"text\",\"text\":\"a\"}],\"input\":[[1],\"b\",{\"content\":\"c\"}],"
            + "\"prompt\":[1,2],\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\","
            + "\"source\":{\"type\":\"text\",\"data\":\"a\"}},{\"input\":{\"a\":[\"b\"]}}]}]}";
    String spice = "\"\\{}[]:,- 019.eE+tfn\u00e9\0";
    Operation[] operations = Operation.values();
    Seeds.forAll(
        60_000,
        random -> {
          byte[] bytes = Seeds.mutated(seed, spice, random).getBytes(UTF_8);
          Operation operation = operations[random.nextInt(operations.length)];
          RequestScanner.scanPrefix(operation, Unpooled.wrappedBuffer(bytes));
          try {
            Scanned scanned = RequestScanner.scan(operation, Unpooled.wrappedBuffer(bytes));
            if (scanned.edits().modelFrom() >= 0) {
              assertThat(bytes[scanned.edits().modelFrom()]).isEqualTo((byte) '"');
              assertThat(bytes[scanned.edits().modelTo() - 1]).isEqualTo((byte) '"');
            }
          } catch (InvalidBody e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("null;");
          }
        });
  }

  @Test
  void knowsWhatIsStoredAndWhatItFollows() throws Exception {
    assertThat(response("")).matches(r -> r.stores() && r.follows() == null);
    assertThat(response(",\"store\":false")).matches(r -> !r.stores());
    assertThat(response(",\"store\":null")).matches(Request::stores);
    assertThat(response(",\"previous_response_id\":\"resp_1\"").follows()).isEqualTo("resp_1");
    assertThat(response(",\"previous_response_id\":\"resp_1\"").forModel("n"))
        .matches(r -> r.stores() && "resp_1".equals(r.follows()));
    assertThat(response(",\"store\":false,\"conversation\":{\"id\":\"conv_1\"}"))
        .matches(r -> !r.stores() && !r.repeatable());
    assertThat(response(",\"store\":false,\"conversation\":null").repeatable()).isTrue();
    assertThat(chat("")).matches(r -> !r.stores());
    assertThat(chat(",\"store\":true")).matches(Request::stores);
    assertThat(chat(",\"previous_response_id\":\"resp_1\"").follows()).isNull();
    assertThat(scan(Operation.MESSAGES, "{\"model\":\"m\",\"store\":true}").request().stores())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "7", "\"a b\"", "\"../x\"", "\"resp_\\n\"", "{}"})
  void refusesAPreviousResponseThatCanBeNoId(String value) {
    assertThatThrownBy(() -> response(",\"previous_response_id\":" + value))
        .isInstanceOfSatisfying(
            InvalidBody.class, e -> assertThat(e.param()).isEqualTo("previous_response_id"));
  }

  private static Request response(String fields) throws InvalidBody {
    return scan(Operation.RESPONSES, "{\"model\":\"m\"" + fields + "}").request();
  }
}
