package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Takes out of a stream the event that tells its usage and nothing else, which comes behind the
/// last content where it was asked for. All other events stay as they are, byte for byte, those
/// that tell their usage beside choices among them.
///
/// To be begun between two events. What was not yet whole is held back, up to 64 KiB. Not safe for
/// several threads. Cost: one look at each byte and one copy, so it is meant for a stream's end.
public final class UsageEventFilter {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final ByteBuf USAGE =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\"usage\"", US_ASCII).asReadOnly());
  private static final String DATA = "data:";
  private static final int LONGEST_EVENT = 64 * 1024;

  private final ByteBuf held;
  private boolean lineStart = true;
  private boolean afterCr;
  private boolean dropped;
  private boolean gaveUp;
  private int looked;

  public UsageEventFilter(ByteBufAllocator alloc) {
    held = alloc.buffer();
  }

  /// Takes over more of the stream, with its reference.
  ///
  /// @return the events that are whole by now and may pass; to be released by the caller
  public ByteBuf pass(ByteBuf payload) {
    held.writeBytes(payload);
    payload.release();
    ByteBuf out = held.alloc().buffer(held.readableBytes());
    if (gaveUp) {
      out.writeBytes(held);
      held.clear();
      return out;
    }
    while (looked < held.readableBytes()) {
      byte b = held.getByte(held.readerIndex() + looked);
      looked++;
      if (b == '\n' && afterCr) {
        // The second half of a line's end. If that ended an event, it shares its fate.
        afterCr = false;
        if (looked == 1) {
          take(out);
        }
        continue;
      }
      afterCr = b == '\r';
      boolean end = b == '\n' || b == '\r';
      if (end && lineStart) {
        dropped = tellsOnlyUsage(held.slice(held.readerIndex(), looked));
        take(out);
      }
      lineStart = end;
    }
    if (held.readableBytes() > LONGEST_EVENT) {
      gaveUp = true;
      out.writeBytes(held);
    }
    held.discardSomeReadBytes();
    return out;
  }

  private void take(ByteBuf out) {
    if (dropped) {
      held.skipBytes(looked);
    } else {
      out.writeBytes(held, looked);
    }
    looked = 0;
  }

  /// What came behind the last event; stays here.
  public ByteBuf rest() {
    return held;
  }

  /// Whether an event was too long to be held back: all passes as it comes from then on.
  public boolean gaveUp() {
    return gaveUp;
  }

  public void close() {
    held.release();
  }

  private static boolean tellsOnlyUsage(ByteBuf event) {
    if (ByteBufUtil.indexOf(USAGE, event) < 0) {
      return false;
    }
    try {
      JsonNode json = JSON.readTree(data(event));
      JsonNode choices = json.path("choices");
      return choices.isArray() && choices.isEmpty() && json.path("usage").isObject();
    } catch (JacksonException e) {
      return false;
    }
  }

  private static byte[] data(ByteBuf event) {
    var data = new ByteArrayOutputStream();
    int from = event.readerIndex();
    for (int at = from; at < event.writerIndex(); at++) {
      byte b = event.getByte(at);
      if (b == '\n' || b == '\r') {
        if (event.toString(from, Math.min(DATA.length(), at - from), US_ASCII).equals(DATA)) {
          byte[] line = new byte[at - from - DATA.length()];
          event.getBytes(from + DATA.length(), line);
          data.write(line, 0, line.length);
          data.write('\n');
        }
        from = at + 1;
      }
    }
    return data.toByteArray();
  }
}
