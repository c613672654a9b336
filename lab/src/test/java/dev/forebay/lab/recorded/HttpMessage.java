package dev.forebay.lab.recorded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// One HTTP/1.1 message as it came off a socket, its header lines in their order and their case.
///
/// @param body without the framing of chunks, a character for each byte
record HttpMessage(String startLine, List<Header> headers, String body) {

  record Header(String name, String value) {
    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /// The next message of a connection; empty if it was closed instead.
  static Optional<HttpMessage> read(InputStream in) throws IOException {
    String startLine = line(in);
    if (startLine.isEmpty()) {
      return Optional.empty();
    }
    List<Header> headers = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    HttpMessage head = new HttpMessage(startLine, headers, "");
    return Optional.of(new HttpMessage(startLine, headers, head.readBody(in)));
  }

  int status() {
    return Integer.parseInt(startLine.substring(9, 12));
  }

  /// The value of the only header of that name; empty if there is none.
  Optional<String> header(String name) {
    List<Header> found = headers.stream().filter(header -> header.is(name)).toList();
    if (found.size() > 1) {
      throw new AssertionError("more than one " + name + ": " + found);
    }
    return found.stream().map(Header::value).findFirst();
  }

  /// The headers but for those names.
  List<Header> without(List<String> names) {
    return headers.stream().filter(header -> names.stream().noneMatch(header::is)).toList();
  }

  private String readBody(InputStream in) throws IOException {
    if (header("transfer-encoding").isPresent()) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
        body.write(exactly(in, size));
        line(in);
      }
      line(in);
      return body.toString(ISO_8859_1);
    }
    int length = header("content-length").map(Integer::parseInt).orElse(0);
    return new String(exactly(in, length), ISO_8859_1);
  }

  private static int chunkSize(InputStream in) throws IOException {
    return HexFormat.fromHexDigits(line(in));
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the body ends after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }

  // without its CRLF; empty at the end of the stream
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0; c = in.read()) {
      line.write(c);
      if (c == '\n') {
        break;
      }
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }
}
