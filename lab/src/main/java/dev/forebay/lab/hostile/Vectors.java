package dev.forebay.lab.hostile;

import static dev.forebay.lab.hostile.Vector.may;
import static dev.forebay.lab.hostile.Vector.refuse;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The table of requests that mean harm, or are at least odd; one line each.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
public final class Vectors {
  /// What a smuggler hides; an engine that sees it was told of a call that nobody made.
  static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private static final String CALL =
      "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String LINE = "POST /v1/chat/completions HTTP/1.1\r\n";
  private static final String REST = "Host: localhost\r\nContent-Type: application/json\r\n";
  private static final String LENGTH = "Content-Length: " + CALL.length();
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final String CHUNK = Integer.toHexString(CALL.length());
  private static final String CHUNKS = CHUNK + "\r\n" + CALL + "\r\n0\r\n\r\n";

  private Vectors() {}

  private static String post(String... lines) {
    return LINE + REST + String.join("\r\n", lines) + "\r\n\r\n";
  }

  /// A call with these header lines.
  private static String call(String... lines) {
    return LINE + REST + LENGTH + "\r\n" + String.join("\r\n", lines) + "\r\n\r\n" + CALL;
  }

  private static String line(String line) {
    return line + "\r\n" + REST + LENGTH + "\r\n\r\n" + CALL;
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  private static String chunks(String chunks) {
    return post(CHUNKED) + chunks;
  }

  /// A call with this body, one character a byte.
  private static String json(String body) {
    return post("Content-Length: " + body.length()) + body;
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  public static final List<Vector> ALL =
      List.of(
          // what is as it should be, lest a refusal of everything pass for safety
          may("a call", call("X-None: 1")),
          may("a call in chunks", post(CHUNKED) + CHUNKS),
          may("two calls at once", 2, call("A: b") + call("A: c")),
          // two ways to tell the length
          refuse("length and chunks", post(LENGTH, CHUNKED) + "0\r\n\r\n" + SMUGGLED),
          refuse("chunks and length", post(CHUNKED, "Content-Length: 4") + CHUNKS + SMUGGLED),
          refuse("length 0 and chunks", post("Content-Length: 0", CHUNKED) + CHUNKS),
          refuse("chunked behind a tab", post(LENGTH, "Transfer-Encoding:\tchunked") + CHUNKS),
          refuse("xchunked", post("Transfer-Encoding: xchunked") + CHUNKS),
          refuse("chunkedx with length", post("Transfer-Encoding: chunkedx", LENGTH) + CALL),
          refuse("chunked, identity", post("Transfer-Encoding: chunked, identity") + CHUNKS),
          refuse("identity, chunked", post("Transfer-Encoding: identity, chunked") + CHUNKS),
          refuse("identity", post("Transfer-Encoding: identity", LENGTH) + CALL),
          refuse("gzip, chunked", post("Transfer-Encoding: gzip, chunked") + CHUNKS),
          refuse("chunked, chunked", post("Transfer-Encoding: chunked, chunked") + CHUNKS),
          refuse("chunked twice", post(CHUNKED, CHUNKED) + CHUNKS),
          refuse("chunked, then identity", post(CHUNKED, "Transfer-Encoding: identity") + CHUNKS),
          refuse("chunked in quotes", post("Transfer-Encoding: \"chunked\"") + CHUNKS),
          refuse("chunked with a parameter", post("Transfer-Encoding: chunked;q=1") + CHUNKS),
          refuse("chunked behind a comma", post("Transfer-Encoding: ,chunked") + CHUNKS),
          refuse("an empty coding", post("Transfer-Encoding:", LENGTH) + CALL),
          refuse("chunked behind VT", post("Transfer-Encoding: \u000bchunked") + CHUNKS),
          refuse("chunked before NUL", post("Transfer-Encoding: chunked\0") + CHUNKS),
          refuse("chunked before CR", post("Transfer-Encoding: chunked\r", LENGTH) + CHUNKS),
          refuse(
              "chunked with U+212A", post("Transfer-Encoding: chun\u00e2\u0084\u00aaed") + CHUNKS),
          refuse("space before the colon", post("Transfer-Encoding : chunked", LENGTH) + CHUNKS),
          refuse("tab before the colon", post("Transfer-Encoding\t: chunked", LENGTH) + CHUNKS),
          refuse("no colon", post("Transfer-Encoding chunked", LENGTH) + CALL),
          refuse(
              "space before the name",
              post("A: b", " Transfer-Encoding: chunked", LENGTH, CHUNKED) + CHUNKS),
          refuse("length behind a fold", post("A: b", LENGTH, " , 5") + CALL),
          may("a folded header", call("A: b", " c")),
          may("chunked behind a fold", post("Transfer-Encoding:", " chunked") + CHUNKS),
          refuse(
              "chunked in HTTP/1.0",
              "POST /v1/chat/completions HTTP/1.0\r\n" + REST + CHUNKED + "\r\n\r\n" + CHUNKS),
          may("CHUNKED", post("TRANSFER-ENCODING: CHUNKED") + CHUNKS),
          may("chunked with blanks around", post("Transfer-Encoding:  chunked \t") + CHUNKS),
          may("an underscore in the name", call("Transfer_Encoding: chunked")),
          // lengths
          refuse("two lengths", post("Content-Length: 4", LENGTH) + CALL),
          refuse("the same length twice", post(LENGTH, LENGTH) + CALL),
          refuse("a list of lengths", post(LENGTH + ", " + CALL.length()) + CALL),
          refuse("a negative length", post("Content-Length: -1") + CALL),
          refuse("a length with a plus", post("Content-Length: +" + CALL.length()) + CALL),
          refuse("a hexadecimal length", post("Content-Length: 0x10") + CALL),
          refuse("a length with an exponent", post("Content-Length: 1e2") + CALL),
          refuse("a length beyond a long", post("Content-Length: 18446744073709551617") + CALL),
          refuse("a length of 2^63-1", post("Content-Length: 9223372036854775807") + CALL),
          refuse("an empty length", post("Content-Length:") + CALL),
          refuse("a length with a space inside", post("Content-Length: 1 0") + CALL),
          refuse("a fraction as length", post("Content-Length: 10.0") + CALL),
          may("a length with leading zeros", post("Content-Length: 00" + CALL.length()) + CALL),
          refuse(
              "less body than announced", post("Content-Length: " + (CALL.length() + 500)) + CALL),
          refuse("more body than announced", post("Content-Length: 10") + CALL),
          refuse("no length at all", post("A: b") + CALL),
          // chunks
          refuse("a chunk size with 0x", chunks("0x" + CHUNKS)),
          refuse("a chunk size with a plus", chunks("+" + CHUNKS)),
          refuse("a negative chunk size", chunks("-1\r\n" + CALL + "\r\n0\r\n\r\n")),
          refuse("a chunk size beyond 32 bits", chunks("1000000" + CHUNKS)),
          refuse("a chunk size beyond 64 bits", chunks("1000000000000000" + CHUNKS)),
          refuse("an empty chunk size", chunks("\r\n" + CALL + "\r\n0\r\n\r\n")),
          refuse("a chunk size that is none", chunks("xyz\r\n" + CALL + "\r\n0\r\n\r\n")),
          refuse("an underscore in a chunk size", chunks("0_" + CHUNKS)),
          may("a blank before a chunk size", chunks(" " + CHUNKS)),
          may("a blank behind a chunk size", chunks(CHUNK + " \r\n" + CALL + "\r\n0\r\n\r\n")),
          refuse("a chunk without its line end", chunks(CHUNK + "\r\n" + CALL + "0\r\n\r\n")),
          refuse(
              "two bytes in place of a chunk's line end",
              chunks(CHUNK + "\r\n" + CALL + "xx0\r\n\r\n")),
          refuse("LF behind a chunk size", chunks(CHUNK + "\n" + CALL + "\r\n0\r\n\r\n")),
          refuse("LF behind a chunk", chunks(CHUNK + "\r\n" + CALL + "\n0\r\n\r\n")),
          refuse("CR behind a chunk size", chunks(CHUNK + "\r" + CALL + "\r\n0\r\n\r\n")),
          may("a chunk extension", chunks(CHUNK + ";a=b\r\n" + CALL + "\r\n0\r\n\r\n")),
          refuse("LF in a chunk extension", chunks(CHUNK + ";a\nb\r\n" + CALL + "\r\n0\r\n\r\n")),
          refuse("CR in a chunk extension", chunks(CHUNK + ";a\rb\r\n" + CALL + "\r\n0\r\n\r\n")),
          refuse(
              "a chunk extension of 100 kB",
              chunks(CHUNK + ";" + "a".repeat(100_000) + "\r\n" + CALL + "\r\n0\r\n\r\n")),
          may("many zeros before a chunk size", chunks("0".repeat(20) + CHUNKS)),
          refuse("no last chunk", chunks(CHUNK + "\r\n" + CALL + "\r\n")),
          may(
              "a trailer with a length",
              chunks(CHUNK + "\r\n" + CALL + "\r\n0\r\nContent-Length: 500\r\n\r\n")),
          may(
              "a trailer with a host",
              chunks(CHUNK + "\r\n" + CALL + "\r\n0\r\nHost: evil\r\n\r\n")),
          may(
              "a trailer with a coding",
              chunks(CHUNK + "\r\n" + CALL + "\r\n0\r\nTransfer-Encoding: x\r\n\r\n")),
          may(
              "a trailer with credentials",
              chunks(CHUNK + "\r\n" + CALL + "\r\n0\r\nAuthorization: x\r\n\r\n")),
          refuse("a trailer with CR", chunks(CHUNK + "\r\n" + CALL + "\r\n0\r\nA: b\rc\r\n\r\n")),
          refuse("a trailer that is none", chunks(CHUNK + "\r\n" + CALL + "\r\n0\r\n" + SMUGGLED)),
          refuse(
              "trailers of 100 kB",
              chunks(CHUNK + "\r\n" + CALL + "\r\n0\r\nA: " + "b".repeat(100_000) + "\r\n\r\n")),
          // line ends
          refuse("LF for line ends", call("A: b").replace("\r\n", "\n")),
          refuse("LF behind the request line", call("A: b").replaceFirst("\r\n", "\n")),
          refuse("LF behind a header", LINE + "A: b\n" + REST + LENGTH + "\r\n\r\n" + CALL),
          refuse("LF behind the head", LINE + REST + LENGTH + "\r\n\n" + CALL),
          refuse("CR for line ends", call("A: b").replace("\r\n", "\r")),
          refuse("CR in a value", call("A: b\rTransfer-Encoding: chunked")),
          refuse("CR CR LF", call("A: b\r")),
          refuse("CR in the request line", line("POST /v1/chat/completions\r HTTP/1.1")),
          refuse(
              "a fold behind the request line",
              LINE + " A: b\r\n" + REST + LENGTH + "\r\n\r\n" + CALL),
          may("CRLF before the request", "\r\n" + call("A: b")),
          may("CRLF CRLF before the request", "\r\n\r\n" + call("A: b")),
          // names and values
          refuse("a space in a name", call("A B: c")),
          refuse("an empty name", call(": b")),
          refuse("NUL in a name", call("A\0: b")),
          refuse("NUL in a value", call("A: b\0c")),
          refuse("a control character in a value", call("A: b\u0001c")),
          refuse("DEL in a value", call("A: b\u007fc")),
          refuse("brackets in a name", call("(A): b")),
          refuse("bytes beyond ASCII in a name", call("\u00c3\u00a9: b")),
          may("bytes beyond ASCII in a value", call("A: \u00c3\u00a9\u00ff")),
          may("a tab in a value", call("A: b\tc")),
          may("an empty value", call("A:")),
          refuse("a header of 100 kB", call("A: " + "b".repeat(100_000))),
          refuse("a name of 100 kB", call("a".repeat(100_000) + ": b")),
          refuse("10,000 headers", call("A: b\r\n".repeat(10_000) + "A: b")),
          refuse("1,000 short headers", call("A: b\r\n".repeat(1_000) + "A: b")),
          refuse("a target of 100 kB", get("/" + "a".repeat(100_000))),
          // what a header may say once
          refuse("two types", call("Content-Type: text/plain")),
          refuse(
              "two wishes about the queue",
              call("X-Forebay-Queue-Progress: comments", "X-Forebay-Queue-Progress: none")),
          refuse("two credentials", call("Authorization: Bearer a", "Authorization: Bearer b")),
          refuse("two encodings", call("Content-Encoding: identity", "Content-Encoding: gzip")),
          may(
              "hop headers named in a second Connection",
              call("Connection: keep-alive", "Connection: x-evil", "X-Evil: 1")),
          may("Connection names the length", call("Connection: content-length, host")),
          may(
              "credentials in a forged own header",
              call("X-Forebay-Priority: 9", "X-Forebay-Replica: z")),
          // whom it is for
          refuse(
              "no Host", LINE + "Content-Type: application/json\r\n" + LENGTH + "\r\n\r\n" + CALL),
          refuse("two Hosts", call("Host: evil")),
          refuse("the same Host twice", call("Host: localhost")),
          refuse(
              "an empty Host",
              LINE + "Host:\r\nContent-Type: application/json\r\n" + LENGTH + "\r\n\r\n" + CALL),
          refuse("a Host with a user", "GET /x HTTP/1.1\r\nHost: localhost@evil\r\n\r\n"),
          refuse("a Host with a path", "GET /x HTTP/1.1\r\nHost: localhost/x\r\n\r\n"),
          refuse("a list of Hosts", "GET /x HTTP/1.1\r\nHost: localhost, evil\r\n\r\n"),
          refuse("a Host with a space", "GET /x HTTP/1.1\r\nHost: localhost evil\r\n\r\n"),
          refuse("a foreign Host", "GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
          refuse(
              "a foreign Host with a port that looks like this one",
              "GET /x HTTP/1.1\r\nHost: evil.example:127\r\n\r\n"),
          // request lines
          refuse("absolute-form", line("POST http://localhost/v1/chat/completions HTTP/1.1")),
          refuse(
              "absolute-form with another host",
              line("POST http://evil/v1/chat/completions HTTP/1.1")),
          refuse("authority-form", get("localhost:80")),
          refuse("CONNECT", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("CONNECT to a path", "CONNECT /x HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("TRACE", "TRACE /x HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("asterisk with GET", get("*")),
          refuse("asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("an empty target", "GET  HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("two spaces", "GET  /x HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("a tab for a space", "GET\t/x\tHTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("a space in the target", get("/x y")),
          refuse("a space behind the version", "GET /x HTTP/1.1 \r\nHost: localhost\r\n\r\n"),
          refuse("a space before the method", " GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          refuse("NUL in the target", get("/x\0y")),
          refuse("NUL before the request", "\0\0" + get("/x")),
          refuse("a control character in the target", get("/x\u0001y")),
          refuse("bytes beyond ASCII in the target", get("/\u00c3\u00a9")),
          refuse("a fragment", get("/x#y")),
          refuse("a backslash in the path", get("/v1\\chat")),
          refuse("dot segments", get("/x/../v1/files")),
          refuse("a dot at the end", get("/x/.")),
          refuse("empty segments", get("//v1/chat/completions")),
          refuse("an escaped letter of a known path", line("POST /v1/%63hat/completions HTTP/1.1")),
          refuse("an escaped slash of a known path", line("POST /v1%2fchat/completions HTTP/1.1")),
          refuse("an escaped dot segment", get("/x/%2e%2e/v1/files")),
          refuse("an escaped escape", get("/v1/%2563hat")),
          refuse("an escape that is none", get("/x%zz")),
          refuse("half an escape", get("/x%4")),
          may("a slash behind a known path", line("POST /v1/chat/completions/ HTTP/1.1")),
          may("another case of a known path", line("POST /V1/Chat/Completions HTTP/1.1")),
          may("a query behind a known path", line("POST /v1/chat/completions?a=/../b HTTP/1.1")),
          may("a semicolon in a known path", line("POST /v1/chat/completions;a=b HTTP/1.1")),
          may("an escaped space", get("/a%20b")),
          may("a method in lower case", line("post /v1/chat/completions HTTP/1.1")),
          may("a method nobody knows", line("BREW /coffee HTTP/1.1")),
          refuse("brackets in the method", line("P(O)ST /x HTTP/1.1")),
          refuse("HTTP/0.9", "GET /x\r\n\r\n"),
          refuse("HTTP/1.2", line("POST /v1/chat/completions HTTP/1.2")),
          refuse("HTTP/2.0", line("POST /v1/chat/completions HTTP/2.0")),
          refuse("HTTP/1.10", line("POST /v1/chat/completions HTTP/1.10")),
          refuse("HTTP/01.1", line("POST /v1/chat/completions HTTP/01.1")),
          refuse("http/1.1", line("POST /v1/chat/completions http/1.1")),
          refuse("HTTP /1.1", line("POST /v1/chat/completions HTTP /1.1")),
          refuse("another protocol", line("POST /v1/chat/completions ICY/1.1")),
          refuse(
              "a TLS greeting",
              "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"
                  + "\0".repeat(100)),
          may("HTTP/1.0", line("POST /v1/chat/completions HTTP/1.0")),
          // what changes how the rest is read
          may("Expect: 100-continue", call("Expect: 100-continue")),
          may("an odd expectation", call("Expect: the unexpected")),
          may(
              "an upgrade to h2c",
              call(
                  "Connection: Upgrade, HTTP2-Settings",
                  "Upgrade: h2c",
                  "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")),
          may(
              "an upgrade to a socket",
              get("/x")
                  .replace(
                      "\r\n\r\n",
                      "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n")),
          may(
              "a GET with a body",
              "GET /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  + SMUGGLED.length()
                  + "\r\n\r\n"
                  + SMUGGLED),
          may(
              "a GET with chunks",
              "GET /x HTTP/1.1\r\nHost: localhost\r\n" + CHUNKED + "\r\n\r\n" + CHUNKS),
          may(
              "a HEAD with a body",
              "HEAD /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"),
          may(
              "a call in the body of a call",
              json(
                  "{\"model\":\"lab\",\"messages\":[],\"x\":\""
                      + SMUGGLED.replace("\r\n", "\\r\\n")
                      + "\"}")),
          refuse("a call behind a broken call", post("Content-Length: x") + SMUGGLED),
          // bodies
          refuse("a gzip body", post(LENGTH, "Content-Encoding: gzip") + CALL),
          refuse("an unknown encoding", post(LENGTH, "Content-Encoding: identity, br") + CALL),
          refuse(
              "another type",
              LINE
                  + "Host: localhost\r\nContent-Type: text/plain\r\n"
                  + LENGTH
                  + "\r\n\r\n"
                  + CALL),
          refuse(
              "a form",
              LINE
                  + "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                  + LENGTH
                  + "\r\n\r\n"
                  + CALL));

  /// Bodies that are read in two ways. A refusal of one need not end the connection, for its frame
  /// was sound.
  public static final List<Vector> BODIES =
      List.of(
          refuse("an empty body", json("")),
          refuse("two models", json("{\"model\":\"lab\",\"model\":\"other\"}")),
          refuse("two models, one escaped", json("{\"model\":\"lab\",\"mod\\u0065l\":\"other\"}")),
          refuse("two streams", json("{\"model\":\"lab\",\"stream\":false,\"stream\":true}")),
          refuse("two limits", json("{\"model\":\"lab\",\"max_tokens\":1,\"max_tokens\":100000}")),
          may("an escaped model", json("{\"mod\\u0065l\":\"l\\u0061b\",\"messages\":[]}")),
          may(
              "a member twice that nobody reads",
              json("{\"model\":\"lab\",\"x\":1,\"x\":2,\"messages\":[]}")),
          may(
              "Model beside model",
              json("{\"Model\":\"other\",\"model\":\"lab\",\"messages\":[]}")),
          may("a byte order mark", json("\u00ef\u00bb\u00bf" + CALL)),
          refuse("UTF-16", json("{\0\"\0m\0o\0d\0e\0l\0\"\0:\0\"\0l\0a\0b\0\"\0}\0")),
          refuse(
              "400,000 brackets",
              json("{\"model\":\"lab\",\"x\":" + "[".repeat(200_000) + "]".repeat(200_000) + "}")),
          refuse(
              "100,000 objects deep",
              json(
                  "{\"model\":\"lab\",\"x\":"
                      + "{\"a\":".repeat(100_000)
                      + "1"
                      + "}".repeat(100_000)
                      + "}")),
          refuse("no end", json("{\"model\":\"lab\",\"messages\":[")),
          refuse("something behind", json(CALL + CALL)),
          refuse("NUL behind", json(CALL + "\0")),
          refuse("NUL in a string", json("{\"model\":\"la\0b\"}")),
          refuse("bytes that are not UTF-8 in the model", json("{\"model\":\"lab\u00ff\"}")),
          refuse("a name filled up with 0xff", json("{\"mode\u00ff\u00ff\u00ffl\":\"lab\"}")),
          refuse("an overlong letter in the model", json("{\"model\":\"la\u00c1\u00a2\"}")),
          refuse(
              "bytes that no UTF-8 has",
              json(
                  "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"\u00ff\u00c0\u0080\"}]}")),
          may(
              "an overlong letter elsewhere",
              json(
                  "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"\u00c1\u00a2\"}]}")),
          may(
              "half a surrogate",
              json(
                  "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}")),
          refuse("half a surrogate in the model", json("{\"model\":\"\\ud800\"}")),
          refuse("NaN", json("{\"model\":\"lab\",\"temperature\":NaN}")),
          refuse("a comment", json("{\"model\":\"lab\"/*,\"model\":\"other\"*/}")),
          refuse("a comma too many", json("{\"model\":\"lab\",}")),
          refuse("single quotes", json("{'model':'lab'}")),
          refuse(
              "a number of 10,000 digits",
              json("{\"model\":\"lab\",\"max_tokens\":" + "9".repeat(10_000) + "}")),
          may(
              "a number beyond all bounds",
              json("{\"model\":\"lab\",\"max_tokens\":1e308,\"messages\":[]}")),
          refuse("a negative limit", json("{\"model\":\"lab\",\"max_tokens\":-1}")),
          refuse("a limit in words", json("{\"model\":\"lab\",\"max_tokens\":\"many\"}")),
          refuse("a million answers", json("{\"model\":\"lab\",\"n\":1000000}")),
          refuse("an array", json("[\"model\",\"lab\"]")),
          refuse("a model that is a list", json("{\"model\":[\"lab\"]}")),
          refuse("no model", json("{\"messages\":[]}")),
          may(
              "other scripts",
              json(
                  utf8(
                      "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"\u4f60\u597d \ud83c\udf0a\"}]}"))));
}
