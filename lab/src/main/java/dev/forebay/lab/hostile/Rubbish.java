package dev.forebay.lab.hostile;

import java.util.List;

/// What an engine says that is broken, or means harm.
///
/// @param name what is odd about it
/// @param bytes its whole answer, one character a byte
/// @param hangsUp whether it closes the connection behind that
/// @param sound whether the answer itself is sound, and only what stands around it is odd
record Rubbish(String name, String bytes, boolean hangsUp, boolean sound) {
  /// What must not reach any caller.
  static final String EVIL = "EVIL";

  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String SSE = "Content-Type: text/event-stream\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
  private static final String BODY =
      "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"EVIL\"},"
          + "\"finish_reason\":\"stop\"}]}";
  private static final String GOOD = BODY.replace("EVIL", "ok");
  private static final String CHUNK = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n";
  private static final String SPLIT =
      OK + JSON + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY;

  private static Rubbish bad(String name, String bytes) {
    return new Rubbish(name, bytes, false, false);
  }

  private static Rubbish cut(String name, String bytes) {
    return new Rubbish(name, bytes, true, false);
  }

  private static Rubbish sound(String name, String bytes) {
    return new Rubbish(name, bytes, false, true);
  }

  private static String plain(String fields, String body) {
    return OK + JSON + fields + "\r\n" + body;
  }

  private static String length(int length) {
    return "Content-Length: " + length + "\r\n";
  }

  static final List<Rubbish> ALL =
      List.of(
          bad("no HTTP", "220 ESMTP EVIL\r\n"),
          bad("HTTP/0.9", BODY),
          bad("HTTP/2", "HTTP/2 200\r\n\r\n" + BODY),
          bad("a status of two digits", "HTTP/1.1 20 OK\r\n" + length(0) + "\r\n"),
          bad("status 999", "HTTP/1.1 999 OK\r\n" + length(0) + "\r\n"),
          bad("LF for line ends", plain(length(BODY.length()), BODY).replace("\r\n", "\n")),
          bad("CR in a value", plain("A: b\rSet-Cookie: EVIL\r\n" + length(BODY.length()), BODY)),
          bad("NUL in a value", plain("A: EVIL\0\r\n" + length(BODY.length()), BODY)),
          bad("a folded header", plain("A: b\r\n EVIL\r\n" + length(BODY.length()), BODY)),
          bad("a space before the colon", plain("Content-Length : 5\r\n", BODY)),
          bad("a line without a colon", plain("EVIL\r\n" + length(BODY.length()), BODY)),
          bad("length and chunks", plain(length(5) + CHUNKED, CHUNK + "0\r\n\r\n")),
          bad("two lengths", plain(length(5) + length(BODY.length()), BODY)),
          bad("a negative length", plain("Content-Length: -1\r\n", BODY)),
          bad("a length with a plus", plain("Content-Length: +5\r\n", BODY)),
          bad("a length beyond a long", plain("Content-Length: 99999999999999999999\r\n", BODY)),
          bad("gzip, chunked", plain("Transfer-Encoding: gzip, chunked\r\n", CHUNK)),
          bad("chunked twice", plain(CHUNKED + CHUNKED, CHUNK + "0\r\n\r\n")),
          bad("a chunk size with 0x", plain(CHUNKED, "0x" + CHUNK + "0\r\n\r\n")),
          bad("a chunk size beyond a long", plain(CHUNKED, "ffffffffffffffff1\r\n" + BODY)),
          bad("a negative chunk size", plain(CHUNKED, "-5\r\n" + BODY)),
          bad("a chunk longer than its size", plain(CHUNKED, "5\r\n" + BODY + "\r\n0\r\n\r\n")),
          bad("LF behind a chunk size", plain(CHUNKED, CHUNK.replace("\r\n", "\n") + "0\n\n")),
          bad("an endless chunk extension", plain(CHUNKED, "5;" + "x".repeat(1 << 20))),
          bad("endless trailers", plain(CHUNKED, CHUNK + "0\r\n" + "A: EVIL\r\n".repeat(100_000))),
          bad("a trailer that is a head", plain(CHUNKED, CHUNK + "0\r\n" + SPLIT)),
          bad("a head of 10 MB", OK + "A: " + "b".repeat(10_000_000)),
          bad(
              "10,000 header lines",
              plain("A: EVIL\r\n".repeat(10_000) + length(BODY.length()), BODY)),
          bad(
              "a flood of interim answers",
              "HTTP/1.1 103 Early Hints\r\nLink: EVIL\r\n\r\n".repeat(100_000)),
          bad(
              "a switch of protocols",
              "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + SPLIT),
          bad("HTML for JSON", plain(length(26), "<html><body>EVIL</body></h")),
          bad("an empty answer", plain(length(0), "")),
          sound("no content, then an answer", "HTTP/1.1 204 No Content\r\n\r\n" + SPLIT),
          bad(
              "an error in clothes of success",
              plain(length(28), "{\"error\":{\"message\":\"none\"}}")),
          cut("nothing at all", ""),
          cut("half a status line", "HTTP/1.1 2"),
          cut("half a head", OK + "A: EVIL\r\n"),
          cut("half a body", plain(length(BODY.length() + 9), BODY.substring(0, 40))),
          cut("half a chunk", plain(CHUNKED, CHUNK.substring(0, 40))),
          cut("chunks without an end", plain(CHUNKED, CHUNK)),
          cut("half a body up to the close", plain("Connection: close\r\n", BODY.substring(0, 60))),
          cut("a stream of nothing", OK + SSE + CHUNKED + "\r\n0\r\n\r\n"),
          sound("an answer behind the answer", plain(length(GOOD.length()), GOOD) + SPLIT),
          sound(
              "bytes behind the last chunk",
              plain(
                  CHUNKED,
                  Integer.toHexString(GOOD.length()) + "\r\n" + GOOD + "\r\n0\r\n\r\nEVIL")),
          sound(
              "headers of the gateway's own",
              plain(
                  "X-Forebay-Replica: EVIL\r\nX-Request-Id: EVIL\r\nConnection: x-a\r\nX-A: EVIL\r\n"
                      + length(GOOD.length()),
                  GOOD)),
          sound(
              "some interim answers",
              "HTTP/1.1 103 Early Hints\r\nLink: EVIL\r\n\r\n".repeat(3)
                  + plain(length(GOOD.length()), GOOD)));
}
