package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// HTTP/2 that means harm, one line each.
final class Http2Vectors {
  /// What must become of it.
  enum Must {
    /// The stream is reset, or answered 400; nothing reaches the engine, and the connection stays.
    REFUSE_STREAM,
    /// GOAWAY or a close; nothing reaches the engine.
    CLOSE,
    /// Nothing but that the gateway lives, its memory is bounded, and other callers are served; the
    /// connection may be closed.
    SURVIVE
  }

  /// Frames, and what must become of them.
  ///
  /// @param frames written behind the preface
  record Http2Vector(String name, Must must, Http2Writer frames) {}

  private static final String JSON =
      "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  static final List<Http2Vector> ALL = new ArrayList<>();

  static {
    // pseudo-headers
    stream(
        "a path with CRLF", h -> get(h, ":path", "/x HTTP/1.1\r\nHost: evil\r\n\r\nGET /smuggled"));
    stream("a path with a space", h -> get(h, ":path", "/x y"));
    stream("a path that is no path", h -> get(h, ":path", "x"));
    stream("an empty path", h -> get(h, ":path", ""));
    stream("an absolute path", h -> get(h, ":path", "http://evil/x"));
    stream(
        "a method with CRLF",
        h ->
            h.headers(
                1,
                true,
                ":method",
                "GET /smuggled HTTP/1.1\r\n",
                ":scheme",
                "http",
                ":path",
                "/x",
                ":authority",
                "localhost"));
    stream("dot segments", h -> h.headers(1, true, call("/x/../v1/files")));
    stream("an escaped letter", h -> h.headers(1, true, call("/v1/%63hat/completions")));
    stream(
        "no path",
        h -> h.headers(1, true, ":method", "GET", ":scheme", "http", ":authority", "localhost"));
    stream(
        "no method",
        h -> h.headers(1, true, ":scheme", "http", ":path", "/x", ":authority", "localhost"));
    stream(
        "no scheme",
        h -> h.headers(1, true, ":method", "GET", ":path", "/x", ":authority", "localhost"));
    stream("two paths", h -> get(h, ":path", "/y"));
    stream("two methods", h -> get(h, ":method", "POST"));
    stream("a pseudo-header behind a header", h -> get(h, "a", "b", ":authority", "evil"));
    stream("an unknown pseudo-header", h -> get(h, ":evil", "1"));
    stream("a pseudo-header of answers", h -> get(h, ":status", "200"));
    stream("Host that is not the authority", h -> get(h, "host", "evil"));
    stream(
        "an authority with a user",
        h ->
            h.headers(
                1,
                true,
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/x",
                ":authority",
                "a@localhost"));
    stream("CONNECT", h -> h.headers(1, true, ":method", "CONNECT", ":authority", "localhost:80"));
    // headers
    stream("CRLF in a value", h -> get(h, "a", "b\r\nTransfer-Encoding: chunked"));
    stream("LF in a value", h -> get(h, "a", "b\nc"));
    stream("NUL in a value", h -> get(h, "a", "b\0"));
    stream("CRLF in a name", h -> get(h, "a\r\nb", "c"));
    stream("a colon in a name", h -> get(h, "a: b\r\nc", "d"));
    stream("upper case in a name", h -> get(h, "Evil", "1"));
    stream("an empty name", h -> get(h, "", "1"));
    stream("a space before a value", h -> get(h, "a", " b"));
    stream("transfer-encoding", h -> get(h, "transfer-encoding", "chunked"));
    stream("connection", h -> get(h, "connection", "close"));
    stream("keep-alive", h -> get(h, "keep-alive", "1"));
    stream("upgrade", h -> get(h, "upgrade", "h2c"));
    stream("te other than trailers", h -> get(h, "te", "chunked"));
    // lengths
    stream("less data than announced", h -> post(h, JSON.length() + 5).data(1, true, JSON));
    stream("more data than announced", h -> post(h, 5).data(1, true, JSON));
    stream("a negative length", h -> post(h, -1).data(1, true, JSON));
    // frames
    close("a first frame that is no SETTINGS", h -> h.frame(Http2Writer.PING, 0, 0, new byte[7]));
    close("a frame of 16 MB", h -> h.frame(Http2Writer.DATA, 0, 1, 0xffffff, new byte[1 << 16]));
    close("data on stream 0", h -> h.data(0, true, JSON));
    close("data on an idle stream", h -> h.data(5, true, JSON));
    close(
        "headers on an even stream",
        h -> h.headers(2, true, ":method", "GET", ":scheme", "http", ":path", "/x"));
    stream("a stream lower than the last", h -> get(h.headers(9, true, call("/behind")), "a", "b"));
    close(
        "CONTINUATION without HEADERS",
        h -> h.frame(Http2Writer.CONTINUATION, Http2Writer.END_HEADERS, 1));
    close(
        "another frame among CONTINUATIONs",
        h ->
            h.frame(Http2Writer.HEADERS, 0, 1, Http2Writer.literals(call("/x")))
                .frame(Http2Writer.PING, 0, 0, new byte[8]));
    close("a window of 0", h -> h.window(0, 0));
    close("a window beyond 2^31-1", h -> h.window(0, 0x7fffffff));
    close("an initial window beyond 2^31-1", h -> h.setting(4, -1));
    close("a frame size below 2^14", h -> h.setting(5, 1));
    close("SETTINGS of 5 bytes", h -> h.frame(Http2Writer.SETTINGS, 0, 0, new byte[5]));
    close(
        "an acknowledgement with settings",
        h -> h.frame(Http2Writer.SETTINGS, Http2Writer.ACK, 0, new byte[6]));
    close(
        "PUSH_PROMISE",
        h -> h.frame(Http2Writer.PUSH_PROMISE, Http2Writer.END_HEADERS, 1, Http2Writer.four(2)));
    close(
        "padding longer than the frame",
        h -> h.frame(Http2Writer.DATA, 8, 1, (byte) 200, (byte) 0));
    close(
        "an index that no table has",
        h -> h.frame(Http2Writer.HEADERS, 5, 1, (byte) 0xff, (byte) 0xff, (byte) 0x7f));
    close(
        "an endless HPACK integer",
        h -> h.frame(Http2Writer.HEADERS, 5, 1, "\u00ff".repeat(20).getBytes(ISO_8859_1)));
    close(
        "a table beyond its bound",
        h ->
            h.frame(Http2Writer.HEADERS, 5, 1, (byte) 0x3f, (byte) 0xff, (byte) 0xff, (byte) 0x7f));
    // floods
    flood(
        "rapid reset",
        10_000,
        (h, i) -> h.headers(2 * i + 1, true, call("/v1/chat/completions")).reset(2 * i + 1, 8));
    flood(
        "streams without an end",
        10_000,
        (h, i) -> h.headers(2 * i + 1, false, call("/v1/chat/completions")));
    flood("PING", 100_000, (h, i) -> h.frame(Http2Writer.PING, 0, 0, new byte[8]));
    flood("SETTINGS", 100_000, (h, i) -> h.setting(3, i));
    flood("empty DATA", 100_000, (h, i) -> (i == 0 ? post(h, 5) : h).data(1, false, ""));
    flood("PRIORITY", 100_000, (h, i) -> h.frame(Http2Writer.PRIORITY, 0, 2 * i + 1, new byte[5]));
    flood("windows of one byte", 100_000, (h, i) -> h.window(0, 1));
    flood(
        "CONTINUATION",
        100_000,
        (h, i) ->
            h.frame(
                i == 0 ? Http2Writer.HEADERS : Http2Writer.CONTINUATION,
                0,
                1,
                i == 0 ? Http2Writer.literals(call("/x")) : Http2Writer.literals("a", "b")));
    flood(
        "empty CONTINUATION",
        100_000,
        (h, i) -> h.frame(i == 0 ? Http2Writer.HEADERS : Http2Writer.CONTINUATION, 0, 1));
    flood("unknown frames", 100_000, (h, i) -> h.frame(0xfa, 0, 0, new byte[16]));
    // an entry of 4 kB in the table, then a reference of one byte, over and over
    flood(
        "an HPACK bomb",
        1_000,
        (h, i) -> h.frame(Http2Writer.HEADERS, 5, 2 * i + 1, i == 0 ? entry() : bomb()));
    flood(
        "a header of 10 MB",
        640,
        (h, i) ->
            h.frame(
                i == 0 ? Http2Writer.HEADERS : Http2Writer.CONTINUATION, 0, 1, new byte[16_000]));
  }

  private Http2Vectors() {}

  private interface Repeated {
    Http2Writer add(Http2Writer writer, int times);
  }

  private static void stream(String name, UnaryOperator<Http2Writer> frames) {
    add(name, Must.REFUSE_STREAM, frames);
  }

  private static void close(String name, UnaryOperator<Http2Writer> frames) {
    add(name, Must.CLOSE, frames);
  }

  private static void flood(String name, int times, Repeated frames) {
    add(
        name,
        Must.SURVIVE,
        h -> {
          for (int i = 0; i < times; i++) {
            frames.add(h, i);
          }
          return h;
        });
  }

  private static void add(String name, Must must, UnaryOperator<Http2Writer> frames) {
    ALL.add(new Http2Vector(name, must, frames.apply(new Http2Writer())));
  }

  static String[] call(String path, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(":method", "GET", ":scheme", "http", ":path", path, ":authority", "localhost"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static Http2Writer get(Http2Writer writer, String... more) {
    return writer.headers(1, true, call("/x", more));
  }

  private static Http2Writer post(Http2Writer writer, int length) {
    return writer.headers(
        1,
        false,
        ":method",
        "POST",
        ":scheme",
        "http",
        ":path",
        "/v1/chat/completions",
        ":authority",
        "localhost",
        "content-type",
        "application/json",
        "content-length",
        "" + length);
  }

  // a literal with indexing: 0x40, then name and value
  private static byte[] entry() {
    byte[] block = Http2Writer.literals("x", "y".repeat(4_000));
    block[0] = 0x40;
    return block;
  }

  // the newest entry of the table, 62, four thousand times
  private static byte[] bomb() {
    byte[] block = new byte[4_000];
    Arrays.fill(block, (byte) (0x80 | 62));
    return block;
  }
}
