package dev.forebay.server.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.retry.policy.Failure;
import dev.forebay.retry.policy.ServerHint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The words of a refusal, held to their end or to 16 KiB: of some statuses only they tell what is
/// refused, and whether it is worth coming back. Belongs to its exchange's loop.
final class RefusalBody implements BodyWalker.Payload, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LONGEST = 16 * 1024;

  /// What engines call a member of the body that they do not take.
  private static final List<String> REFUSED_MEMBER =
      List.of("stream_options", "include_usage", "unknown field", "extra field");

  private final BodyWalker walker = new BodyWalker();
  private final ByteArrayOutputStream words = new ByteArrayOutputStream(512);
  private final ByteBuf bytes;
  private int walked;

  RefusalBody(ResponseHead head, ByteBufAllocator alloc) throws BadResponse {
    walker.start(head.framing(false), head.contentLength());
    bytes = alloc.buffer();
  }

  /// Takes what arrived.
  ///
  /// @return whether there is nothing more to wait for
  boolean read(ByteBuf in) throws BadResponse {
    bytes.writeBytes(in);
    walked = walker.walk(bytes, walked, bytes.writerIndex(), this);
    return walker.finished() || bytes.readableBytes() >= LONGEST;
  }

  /// All that was taken, framing included.
  ByteBuf bytes() {
    return bytes;
  }

  /// Whether it was read to its end, with nothing behind it.
  boolean whole() {
    return walker.finished() && walked == bytes.writerIndex();
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

  /// Whether it may be of what the replica was asked beyond what the caller asked: its usage.
  boolean ofUsage() {
    String said = words.toString(UTF_8).toLowerCase(Locale.ROOT);
    return REFUSED_MEMBER.stream().anyMatch(said::contains);
  }

  @Override
  public void payload(ByteBuf in, int from, int to) {
    for (int i = from; i < to; i++) {
      words.write(in.getByte(i));
    }
  }

  @Override
  public void boundary(int index) {}

  @Override
  public void close() {
    bytes.release();
  }
}
