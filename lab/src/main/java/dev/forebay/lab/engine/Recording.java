package dev.forebay.lab.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// Everything a replayer sends, rendered once with its HTTP framing. Safe for many threads: each
/// takes a duplicate.
final class Recording {
  /// Chunks of a [#slab].
  static final int SLAB = 32;

  private static final String CHUNK =
      "data: {\"id\":\"chatcmpl-replayed\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"replayer\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" 前池\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
  private static final String LAST =
      "data: {\"id\":\"chatcmpl-replayed\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"replayer\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";

  private final ByteBuf whole;
  private final ByteBuf head;
  private final ByteBuf chunk;
  private final ByteBuf slab;
  private final ByteBuf end;

  Recording(ReplayerConfig config) {
    this.whole = fixed(whole(config.bodyBytes()));
    this.head =
        fixed(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n");
    this.chunk = fixed(framed(CHUNK));
    this.slab = fixed(framed(CHUNK).repeat(SLAB));
    this.end = fixed(framed(LAST) + framed(usage(config.chunks())) + "0\r\n\r\n");
  }

  ByteBuf whole() {
    return whole.retainedDuplicate();
  }

  ByteBuf head() {
    return head.retainedDuplicate();
  }

  ByteBuf chunk() {
    return chunk.retainedDuplicate();
  }

  /// Many chunks in one piece, for who sends as fast as it can.
  ByteBuf slab() {
    return slab.retainedDuplicate();
  }

  ByteBuf end() {
    return end.retainedDuplicate();
  }

  private static String whole(int bytes) {
    String open =
        "{\"id\":\"chatcmpl-replayed\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"replayer\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"";
    String close =
        "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":300,\"completion_tokens\":100,\"total_tokens\":400}}";
    String body = open + "x".repeat(Math.max(0, bytes - open.length() - close.length())) + close;
    return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
        .formatted(body.length(), body);
  }

  private static String usage(int chunks) {
    return "data: {\"id\":\"chatcmpl-replayed\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"replayer\",\"choices\":[],\"usage\":{\"prompt_tokens\":300,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\ndata: [DONE]\n\n"
        .formatted(chunks, 300 + chunks);
  }

  private static String framed(String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return Integer.toHexString(bytes) + "\r\n" + text + "\r\n";
  }

  private static ByteBuf fixed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
  }
}
