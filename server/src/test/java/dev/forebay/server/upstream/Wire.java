package dev.forebay.server.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// Responses as text, one character a byte, and what the parsers make of them.
final class Wire {
  private Wire() {}

  static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1));
  }

  /// A head of these lines, the empty one added.
  static String head(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  static ResponseHead parsed(String... lines) throws BadResponse {
    ResponseHead head = ResponseHead.parse(bytes(head(lines)), 64 * 1024);
    if (head == null) {
      throw new AssertionError("head is not complete");
    }
    return head;
  }

  static String copy(ResponseHead head) {
    ByteBuf out = Unpooled.buffer();
    head.copyTo(out);
    return out.toString(ISO_8859_1);
  }

  /// What a walker told, as text.
  static final class Told implements BodyWalker.Payload {
    final StringBuilder payload = new StringBuilder();
    int boundaries;
    int lastBoundary = -1;

    @Override
    public void payload(ByteBuf in, int from, int to) {
      if (from >= to) {
        throw new AssertionError("empty run");
      }
      payload.append(in.toString(from, to - from, ISO_8859_1));
    }

    @Override
    public void boundary(int index) {
      boundaries++;
      lastBoundary = index;
    }
  }

  /// What came of one body, read in the pieces given.
  record Walked(String payload, int end, boolean finished, boolean trailers, @Nullable String bad) {
    static Walked of(Framing framing, long length, String body, int... cuts) {
      BodyWalker walker = new BodyWalker();
      walker.start(framing, length);
      Told told = new Told();
      int end = 0;
      try {
        for (int i = 0; i <= cuts.length; i++) {
          int from = i == 0 ? 0 : cuts[i - 1];
          int to = i == cuts.length ? body.length() : cuts[i];
          ByteBuf piece = bytes("?".repeat(i % 3) + body.substring(from, to) + "?");
          int walked = walker.walk(piece, i % 3, i % 3 + to - from, told);
          if (end == from) {
            end += walked - i % 3;
          }
        }
      } catch (BadResponse e) {
        return new Walked(told.payload.toString(), -1, false, walker.trailers(), e.getMessage());
      }
      return new Walked(told.payload.toString(), end, walker.finished(), walker.trailers(), null);
    }
  }
}
