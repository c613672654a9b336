package dev.forebay.server.upstream;

import static dev.forebay.server.upstream.Wire.bytes;
import static dev.forebay.server.upstream.Wire.copy;
import static dev.forebay.server.upstream.Wire.head;
import static dev.forebay.server.upstream.Wire.parsed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.server.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
  private static final int MAX = 64 * 1024;

  @Test
  void readsStatusAndFields() throws Exception {
    ResponseHead head =
        parsed(
            "HTTP/1.1 200 OK",
            "Content-Type: Text/Event-Stream; charset=utf-8",
            "X-Ratelimit-Remaining:  9 ",
            "Transfer-Encoding: CHUNKED");

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.eventStream()).isTrue();
    assertThat(head.json()).isFalse();
    assertThat(head.chunked()).isTrue();
    assertThat(head.keepAlive()).isTrue();
    assertThat(head.encoded()).isFalse();
    assertThat(head.contentLength()).isEqualTo(-1);
    assertThat(head.header("x-ratelimit-remaining")).isEqualTo("9");
    assertThat(head.header("x-none")).isNull();
  }

  @Test
  void leavesWhatFollowsTheHead() throws Exception {
    ByteBuf in = bytes(head("HTTP/1.1 200 OK", "Content-Length: 4") + "body");
    assertThat(ResponseHead.parse(in, MAX)).isNotNull();
    assertThat(in.toString(ISO_8859_1)).isEqualTo("body");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK, Content-Length: 5, false, LENGTH",
    "HTTP/1.1 200 OK, Content-Length: 0, false, LENGTH",
    "HTTP/1.1 200 OK, Transfer-Encoding: chunked, false, CHUNKED",
    "HTTP/1.1 200 OK, X-None: 1, false, CLOSE",
    "HTTP/1.0 200 OK, X-None: 1, false, CLOSE",
    "HTTP/1.1 200 OK, Content-Length: 5, true, NONE",
    "HTTP/1.1 200 OK, Transfer-Encoding: chunked, true, NONE",
    "HTTP/1.1 100 Continue, X-None: 1, false, NONE",
    "HTTP/1.1 103 Early Hints, Link: </a>, false, NONE",
    "HTTP/1.1 204 No Content, Content-Length: 5, false, NONE",
    "HTTP/1.1 304 Not Modified, Content-Length: 5, false, NONE",
    "HTTP/1.1 404, Content-Length: 5, false, LENGTH",
  })
  void knowsHowTheBodyEnds(String status, String field, boolean headRequest, Framing framing)
      throws Exception {
    assertThat(parsed(status, field).framing(headRequest)).isEqualTo(framing);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK, X-None: 1, true",
    "HTTP/1.1 200 OK, Connection: close, false",
    "HTTP/1.1 200 OK, 'Connection: x-a , CLOSE', false",
    "HTTP/1.0 200 OK, X-None: 1, false",
    "HTTP/1.0 200 OK, Connection: Keep-Alive, true",
    "HTTP/1.0 200 OK, 'Connection: keep-alive, close', false",
  })
  void knowsWhetherTheConnectionStays(String status, String field, boolean stays) throws Exception {
    assertThat(parsed(status, field).keepAlive()).isEqualTo(stays);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, true",
    "APPLICATION/JSON ; charset=utf-8, true",
    "application/problem+json, true",
    "application/jsonl, false",
    "text/html, false",
    "+json, false",
  })
  void knowsJson(String type, boolean json) throws Exception {
    assertThat(parsed("HTTP/1.1 200 OK", "Content-Type: " + type).json()).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({"gzip, true", "identity, false", "IDENTITY, false", "'', false"})
  void knowsEncodedBodies(String coding, boolean encoded) throws Exception {
    assertThat(parsed("HTTP/1.1 200 OK", "Content-Encoding: " + coding).encoded())
        .isEqualTo(encoded);
  }

  @Test
  void passesOnWhatIsMeantForTheCallerByteForByte() throws Exception {
    ResponseHead head =
        parsed(
            "HTTP/1.0 429 Slow down",
            "Server:uvicorn  ",
            "Connection: keep-alive, X-Private ,x-other",
            "Keep-Alive: timeout=5",
            "Content-Length: 5",
            "x-private: 1",
            "X-OTHER: 1",
            "X-Forebay-Replica: forged",
            "X-Request-Id: theirs",
            "Proxy-Connection: close",
            "Proxy-Authenticate: Basic",
            "TE: trailers",
            "Trailer: x",
            "Upgrade: h2c",
            "openai-processing-ms: 17",
            "Set-Cookie: a=\u00e9",
            "Set-Cookie: b");

    assertThat(copy(head).split("\r\n", -1))
        .containsExactly(
            "HTTP/1.1 429 Slow down",
            "Server:uvicorn  ",
            "Proxy-Authenticate: Basic",
            "openai-processing-ms: 17",
            "Set-Cookie: a=\u00e9",
            "Set-Cookie: b",
            "");
  }

  @Test
  void writesTheSpaceBehindTheStatusThatSomeServersForget() throws Exception {
    assertThat(copy(parsed("HTTP/1.1 200", "Transfer-Encoding: chunked")))
        .isEqualTo("HTTP/1.1 200 \r\n");
    assertThat(copy(parsed("HTTP/1.1 200 "))).isEqualTo("HTTP/1.1 200 \r\n");
  }

  @Test
  void takesTheSameLengthTwice() throws Exception {
    assertThat(parsed("HTTP/1.1 200 OK", "Content-Length: 5", "content-length: 5").contentLength())
        .isEqualTo(5);
    assertThat(parsed("HTTP/1.1 200 OK", "Content-Length: 9223372036854775807").contentLength())
        .isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "<html>",
        "HTTP/1.1 200 O\u0000K\r\n\r\n",
        "HTTP/1.1 200 O\rK\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nA: b\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\u0000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\u007f\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n\r\n",
        "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA(): b\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\u00e9: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      })
  void refusesWhatTwoReadersCouldReadDifferently(String head) {
    assertThatThrownBy(() -> ResponseHead.parse(bytes(head), MAX))
        .isInstanceOf(BadResponse.class)
        .hasMessageNotContaining("null");
  }

  @Test
  void boundsLinesAndBytes() throws Exception {
    String[] lines =
        IntStream.rangeClosed(0, 200)
            .mapToObj(i -> i == 0 ? "HTTP/1.1 200 OK" : "A: " + i)
            .toArray(String[]::new);
    assertThat(parsed(lines).status()).isEqualTo(200);
    String many = head(lines).replace("A: 7\r\n", "A: 7\r\nA: 7\r\n");
    assertThatThrownBy(() -> ResponseHead.parse(bytes(many), MAX))
        .hasMessage("head has more than 200 lines");

    String exact = head("HTTP/1.1 200 OK", "A: " + "b".repeat(72));
    assertThat(exact).hasSize(96);
    assertThat(ResponseHead.parse(bytes(exact), 96)).isNotNull();
    assertThatThrownBy(() -> ResponseHead.parse(bytes(exact), 95))
        .hasMessage("head is longer than 95 bytes");
    assertThatThrownBy(() -> ResponseHead.parse(bytes("HTTP/1.1 200 " + "x".repeat(90)), 95))
        .hasMessage("head is longer than 95 bytes");
  }

  @Test
  void waitsForTheWholeHeadAndConsumesNothingUntilThen() throws Exception {
    String head = head("HTTP/1.1 200 OK", "Content-Length: 5", "A: b");
    for (int length = 0; length < head.length(); length++) {
      ByteBuf in = bytes("??" + head.substring(0, length)).skipBytes(2);
      assertThat(ResponseHead.parse(in, MAX)).isNull();
      assertThat(in.readerIndex()).isEqualTo(2);
    }
  }

  @Test
  void mutatedHeadsAreReadOrRefusedAndNothingElse() {
    String seed =
        head(
            "HTTP/1.1 200 OK",
            "Content-Type: text/event-stream",
            "Connection: keep-alive, x-a",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
            "X-A: b");
    String spice = "\r\n\t\0 :,0x;\u00ff-Aa1";
    Seeds.forAll(
        100_000,
        random -> {
          ByteBuf in = bytes(Seeds.mutated(seed, spice, random));
          try {
            ResponseHead head = ResponseHead.parse(in, MAX);
            if (head == null) {
              assertThat(in.readerIndex()).isZero();
            } else {
              ByteBuf out = Unpooled.buffer();
              head.copyTo(out);
              assertThat(out.readableBytes()).isLessThanOrEqualTo(in.readerIndex());
            }
          } catch (BadResponse e) {
            assertThat(e.getMessage()).isNotBlank();
            assertThat(in.readerIndex()).isZero();
          }
        });
  }
}
