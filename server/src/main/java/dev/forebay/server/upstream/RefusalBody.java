package dev.forebay.server.upstream;

import dev.forebay.retry.policy.Failure;
import dev.forebay.retry.policy.ServerHint;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The words of a refusal, read to their end or to 16 KiB: of some statuses only they tell whether
/// it is worth coming back. Belongs to its exchange's loop.
final class RefusalBody implements BodyWalker.Payload {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LONGEST = 16 * 1024;

  private final BodyWalker walker = new BodyWalker();
  private final ByteArrayOutputStream words = new ByteArrayOutputStream(512);
  private boolean more;

  RefusalBody(ResponseHead head) throws BadResponse {
    walker.start(head.framing(false), head.contentLength());
  }

  /// Takes what arrived.
  ///
  /// @return whether there is nothing more to wait for
  boolean read(ByteBuf in) throws BadResponse {
    int end = walker.walk(in, in.readerIndex(), in.writerIndex(), this);
    more = end < in.writerIndex();
    in.readerIndex(end);
    return walker.finished() || words.size() >= LONGEST;
  }

  /// Whether it was read to its end, with nothing behind it.
  boolean whole() {
    return walker.finished() && !more;
  }

  /// Whether it says that the money of whoever asks is spent.
  boolean spent(int status) {
    try {
      JsonNode error = JSON.readTree(words.toByteArray()).path("error");
      String code = error.path("code").asString("");
      String type = error.path("type").asString("");
      return new Failure.Answered(status, code, type, ServerHint.NONE).spent();
    } catch (JacksonException e) {
      return false;
    }
  }

  @Override
  public void payload(ByteBuf in, int from, int to) {
    int fits = Math.min(to - from, LONGEST - words.size());
    for (int i = from; i < from + fits; i++) {
      words.write(in.getByte(i));
    }
  }

  @Override
  public void boundary(int index) {}
}
