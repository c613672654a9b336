package dev.forebay.server.openai;

import dev.forebay.pipeline.Prefix;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A body's bytes as a parser can read them: the array in which they lie, a copy in the thread's
/// own array if they lie off the heap and are few, else piece by piece. Valid on one thread, until
/// the next one is made there.
final class BodyBytes {
  private static final int SCRATCH_BYTES = 64 * 1024;
  private static final ThreadLocal<byte[]> SCRATCH =
      ThreadLocal.withInitial(() -> new byte[SCRATCH_BYTES]);
  private static final int FIRST_PIECE_BYTES = 256;

  private final ByteBuf body;
  private final byte @Nullable [] array;
  private final int offset;

  BodyBytes(ByteBuf body) {
    this.body = body;
    if (body.hasArray()) {
      array = body.array();
      offset = body.arrayOffset() + body.readerIndex();
    } else if (body.readableBytes() <= SCRATCH_BYTES) {
      array = SCRATCH.get();
      offset = 0;
      body.getBytes(body.readerIndex(), array, 0, body.readableBytes());
    } else {
      array = null;
      offset = 0;
    }
  }

  int length() {
    return body.readableBytes();
  }

  /// Whether 0xff is among the bytes, which no UTF-8 has.
  ///
  /// The parser fills up its words with it, and once it has met `model` would read
  /// `mode\xff\xff\xffl` as that.
  boolean cannotBeUtf8() {
    if (array != null) {
      return hasFf(array, offset, offset + length());
    }
    byte[] scratch = SCRATCH.get();
    for (int at = 0; at < length(); at += scratch.length) {
      int bytes = Math.min(scratch.length, length() - at);
      body.getBytes(body.readerIndex() + at, scratch, 0, bytes);
      if (hasFf(scratch, 0, bytes)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasFf(byte[] bytes, int from, int to) {
    return Swar.indexOf(bytes, from, to, '\u00ff', '\u00ff') < to;
  }

  /// Whether the bytes [from, to) are UTF-8, the shortest form of each character.
  boolean isUtf8(int from, int to) {
    return ByteBufUtil.isText(body, body.readerIndex() + from, to - from, StandardCharsets.UTF_8);
  }

  JsonParser parser(JsonFactory factory) {
    ObjectReadContext context = ObjectReadContext.empty();
    if (array != null) {
      return factory.createParser(context, array, offset, length());
    }
    InputStream in = new ByteBufInputStream(body.duplicate());
    return factory.createParser(context, in);
  }

  /// The beginning of the prompt that lies in the bytes [from, to).
  Prefix prefix(int from, int to) {
    if (array != null) {
      return Beginning.of(array, offset + from, offset + to);
    }
    byte[] scratch = SCRATCH.get();
    int bytes = Math.min(scratch.length, to - from);
    body.getBytes(body.readerIndex() + from, scratch, 0, bytes);
    return Beginning.of(scratch, 0, bytes);
  }

  /// Counts the characters of the string whose first byte, behind the quote, is at that index of
  /// the body; up to the body's end if the string is cut.
  void count(int from, TextCount text) {
    text.begin();
    if (array != null) {
      text.count(array, offset + from, offset + length());
      return;
    }
    byte[] scratch = SCRATCH.get();
    int piece = FIRST_PIECE_BYTES;
    for (int at = from; at < length(); ) {
      int bytes = Math.min(piece, length() - at);
      body.getBytes(body.readerIndex() + at, scratch, 0, bytes);
      if (text.count(scratch, 0, bytes)) {
        return;
      }
      at += bytes;
      piece = Math.min(scratch.length, 4 * piece);
    }
  }
}
