package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/// Writes HTTP/2 byte by byte, so that it can be wrong in any way: frames of any type and length,
/// header blocks of literals without indexing and without Huffman coding.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113, HTTP/2</a>
/// @see <a href="https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2">RFC 7541, 6.2.2</a>
final class Http2Writer {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// The preface and empty settings.
  Http2Writer preface() {
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
    return frame(SETTINGS, 0, 0, new byte[0]);
  }

  Http2Writer frame(int type, int flags, int stream, byte... payload) {
    return frame(type, flags, stream, payload.length, payload);
  }

  /// A frame that tells a length of its own.
  Http2Writer frame(int type, int flags, int stream, int length, byte[] payload) {
    number(length, 3);
    out.write(type);
    out.write(flags);
    number(stream, 4);
    out.writeBytes(payload);
    return this;
  }

  /// A whole request in one frame.
  Http2Writer headers(int stream, boolean end, String... namesAndValues) {
    return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, literals(namesAndValues));
  }

  Http2Writer data(int stream, boolean end, String text) {
    return frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(ISO_8859_1));
  }

  Http2Writer reset(int stream, int error) {
    return frame(RST_STREAM, 0, stream, four(error));
  }

  Http2Writer window(int stream, int more) {
    return frame(WINDOW_UPDATE, 0, stream, four(more));
  }

  /// A setting, by its number.
  Http2Writer setting(int id, int value) {
    byte[] four = four(value);
    return frame(SETTINGS, 0, 0, (byte) (id >> 8), (byte) id, four[0], four[1], four[2], four[3]);
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  /// A header block of literals without indexing, one character a byte.
  static byte[] literals(String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(0);
      string(block, namesAndValues[i]);
      string(block, namesAndValues[i + 1]);
    }
    return block.toByteArray();
  }

  private static void string(ByteArrayOutputStream block, String text) {
    // an integer with a prefix of seven bits (RFC 7541, 5.1), the Huffman bit clear
    int length = text.length();
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      int rest = length - 127;
      while (rest >= 128) {
        block.write((rest & 127) | 128);
        rest >>= 7;
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(ISO_8859_1));
  }

  static byte[] four(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  private void number(int value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.write(value >> (8 * i));
    }
  }
}
