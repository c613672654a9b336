package dev.forebay.server.openai;

import dev.forebay.pipeline.Operation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/// Reads from a request's body what decisions need, and checks that it is one JSON object. The body
/// stays as it is.
///
/// Safe for several threads. Cost: one pass of the parser, which skips most strings, one of
/// counting the prompt's and one of looking for what is no UTF-8, eight bytes at a time each;
/// bodies off the heap are copied once, in pieces where they are large.
public final class RequestScanner {
  private static final int MAX_DEPTH = 500;
  private static final int MAX_NUMBER_CHARS = 1000;
  private static final int MAX_REASON = 200;

  // the length of the body is bounded where it is received
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER_CHARS)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private RequestScanner() {}

  /// Reads a body that is all there; its indices stay as they are.
  public static Scanned scan(Operation operation, ByteBuf body) throws InvalidBody {
    BodyBytes bytes = new BodyBytes(body);
    if (!isUtf8(body) || bytes.cannotBeUtf8()) {
      throw new InvalidBody("body must be JSON in UTF-8", null);
    }
    try (JsonParser json = bytes.parser(FACTORY)) {
      BodyReader reader = new BodyReader(operation, json, bytes, true);
      reader.read();
      return reader.scanned();
    } catch (JacksonException e) {
      throw new InvalidBody("body is not valid JSON" + reason(e), null);
    }
  }

  /// Reads the beginning of a body that is too large to be held: what stands in it, as far as it is
  /// well-formed. The text at its end counts as far as it goes.
  ///
  /// @return null if no model is named in it
  public static @Nullable Scanned scanPrefix(Operation operation, ByteBuf prefix) {
    BodyBytes bytes = new BodyBytes(prefix);
    if (!isUtf8(prefix) || bytes.cannotBeUtf8()) {
      return null;
    }
    try (JsonParser json = bytes.parser(FACTORY)) {
      return readAsFarAsPossible(new BodyReader(operation, json, bytes, false));
    } catch (JacksonException e) {
      return null;
    }
  }

  private static @Nullable Scanned readAsFarAsPossible(BodyReader reader) {
    try {
      reader.read();
    } catch (JacksonException | InvalidBody e) {
      // the body goes on behind the prefix; what was read before stands
    }
    return reader.hasModel() ? reader.scanned() : null;
  }

  // two bytes and four bytes a character show themselves by a zero byte or their mark
  private static boolean isUtf8(ByteBuf body) {
    int from = body.readerIndex();
    for (int i = from; i < Math.min(from + 4, body.writerIndex()); i++) {
      byte b = body.getByte(i);
      if (b == 0 || b == (byte) 0xfe || b == (byte) 0xff) {
        return false;
      }
    }
    return true;
  }

  private static String reason(JacksonException e) {
    String reason = e.getOriginalMessage();
    TokenStreamLocation at = e.getLocation();
    return (at == null || at.getByteOffset() < 0 ? "" : " at byte " + at.getByteOffset())
        + (reason == null ? "" : ": " + reason.substring(0, Math.min(MAX_REASON, reason.length())));
  }
}
