package dev.forebay.lab.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ResponseReaderPropertyTest {
  /// Writes down what it is told.
  private static final class Notes implements ResponseReader.Sink {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void status(int code) {
      text.append(code);
    }

    @Override
    public void header(HeaderLine line) {
      if (line.is("x-forebay-replica")) {
        text.append('@').append(line.value());
      }
    }

    @Override
    public void body(ByteBuf bytes, int start, int length) {
      text.append(bytes.toString(start, length, ISO_8859_1));
    }

    @Override
    public void end() {
      text.append('.');
    }
  }

  @Test
  void responsesComeOutWholeHoweverTheBytesAreCut() {
    Seeds.forAll(
        2000,
        random -> {
          var wire = new StringBuilder();
          var expected = new StringBuilder();
          for (int i = 1 + random.nextInt(4); i > 0; i--) {
            response(random, wire, expected);
          }

          assertThat(read(wire.toString(), random)).isEqualTo(expected.toString());
        });
  }

  @Test
  void aBodyWithoutLengthEndsWithTheConnection() throws IOException {
    var notes = new Notes();
    var reader = new ResponseReader(notes);
    reader.read(Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\n\r\nhello", ISO_8859_1));

    assertThat(reader.closed()).isTrue();
    assertThat(notes.text).hasToString("200hello.");
    assertThat(reader.keepAlive()).isFalse();
  }

  @Test
  void whatIsNotHttpIsRefused() {
    for (var wire :
        new String[] {
          "HELLO\r\n",
          "HTTP/1.1 2x0 OK\r\n",
          "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n",
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n"
        }) {
      assertThatThrownBy(
              () -> new ResponseReader(new Notes()).read(Unpooled.copiedBuffer(wire, ISO_8859_1)))
          .as(wire)
          .isInstanceOf(IOException.class);
    }
  }

  private static void response(RandomGenerator random, StringBuilder wire, StringBuilder expected) {
    if (random.nextInt(5) == 0) {
      wire.append("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n");
    }
    int status = random.nextInt(8) == 0 ? 204 : 200 + random.nextInt(4) * 100;
    wire.append("HTTP/1.1 ").append(status).append(" Whatever\r\nX-Forebay-Replica:  r1 \r\n");
    expected.append(status).append("@r1");
    var body = "x".repeat(random.nextInt(40));
    if (status == 204 || status == 304) {
      wire.append("\r\n");
    } else if (random.nextBoolean()) {
      wire.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
      expected.append(body);
    } else {
      wire.append("Transfer-Encoding: Chunked\r\n\r\n");
      for (int from = 0; from < body.length(); ) {
        int n = 1 + random.nextInt(body.length() - from);
        wire.append(Integer.toHexString(n)).append(random.nextBoolean() ? ";a=b" : "");
        wire.append("\r\n").append(body, from, from + n).append("\r\n");
        from += n;
      }
      wire.append("0\r\n").append(random.nextBoolean() ? "trailer: t\r\n" : "").append("\r\n");
      expected.append(body);
    }
    expected.append('.');
  }

  private static String read(String wire, RandomGenerator random) {
    var notes = new Notes();
    var reader = new ResponseReader(notes);
    try {
      for (int from = 0; from < wire.length(); ) {
        int n = 1 + random.nextInt(Math.min(30, wire.length() - from));
        reader.read(Unpooled.copiedBuffer(wire.substring(from, from + n), ISO_8859_1));
        from += n;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return notes.text.toString();
  }
}
