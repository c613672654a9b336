package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The caller's side of one answer: nothing is sent before it is committed, and what is sent then
/// is sent once. Belongs to the call's loop.
public final class Reply {
  private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STREAM_HEAD =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  /// How the body's end is told to the caller.
  public enum Ending {
    LENGTH,
    CHUNKED,
    /// The connection closes behind it.
    CLOSE,
    /// There is no body.
    NONE
  }

  private final Channel channel;
  private final boolean http10;
  private final boolean head;
  private boolean keepAlive;
  private Ending ending = Ending.NONE;
  private boolean committed;
  private boolean contentSent;
  private boolean whole = true;
  private @Nullable Runnable onWritable;

  /// @param http10 whether the caller speaks HTTP/1.0, which has no chunks
  /// @param head whether the caller asked for the head only
  Reply(Channel channel, boolean http10, boolean head, boolean keepAlive) {
    this.channel = channel;
    this.http10 = http10;
    this.head = head;
    this.keepAlive = keepAlive;
  }

  public boolean http10() {
    return http10;
  }

  /// Whether the caller asked for the head only.
  public boolean headOnly() {
    return head;
  }

  /// Whether a status was sent, after which it can no longer be changed.
  public boolean committed() {
    return committed;
  }

  /// How the body's end is told; fixed by the commit.
  public Ending ending() {
    return ending;
  }

  /// Whether content reached the caller, after which no other replica may take over.
  public boolean contentSent() {
    return contentSent;
  }

  public void contentIsSent() {
    contentSent = true;
  }

  /// Says whether what was sent so far ends where an event and a chunk end, so that something else
  /// may follow.
  public void whole(boolean whole) {
    this.whole = whole;
  }

  /// Sends the head of an answer.
  ///
  /// @param lines status line and end-to-end headers
  /// @param ending how the body's end is told
  /// @param length bytes of the body where `ending` is LENGTH
  public void commit(HeadLines lines, String ownLines, Ending ending, long length) {
    this.ending = ending;
    committed = true;
    ByteBuf out = channel.alloc().directBuffer(1024);
    lines.copyTo(out);
    ByteBufUtil.writeAscii(out, ownLines);
    switch (ending) {
      case LENGTH -> {
        ByteBufUtil.writeAscii(out, "content-length: ");
        ByteBufUtil.writeAscii(out, Long.toString(length));
        ByteBufUtil.writeAscii(out, "\r\n");
      }
      case CHUNKED -> ByteBufUtil.writeAscii(out, "transfer-encoding: chunked\r\n");
      case CLOSE -> keepAlive = false;
      case NONE -> {}
    }
    if (!keepAlive) {
      ByteBufUtil.writeAscii(out, "connection: close\r\n");
    } else if (http10) {
      ByteBufUtil.writeAscii(out, "connection: keep-alive\r\n");
    }
    ByteBufUtil.writeAscii(out, "\r\n");
    channel.write(out, channel.voidPromise());
  }

  /// Commits to an event stream before any replica gave content, and says that the gateway lives.
  public void commitStream(String ownLines) {
    commit(
        out -> out.writeBytes(STREAM_HEAD), ownLines, http10 ? Ending.CLOSE : Ending.CHUNKED, -1);
    keepAlive();
  }

  /// Sends a comment that callers ignore and that keeps what stands between awake.
  public void keepAlive() {
    payload(channel.alloc().directBuffer(32).writeBytes(KEEP_ALIVE));
    flush();
  }

  /// Sends bytes as they are, framing included. Takes over the reference.
  public void raw(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  /// Sends bytes of the body, framed as the head promised. Takes over the reference.
  public void payload(ByteBuf bytes) {
    if (head || !bytes.isReadable()) {
      bytes.release();
    } else if (ending == Ending.CHUNKED) {
      ByteBuf size = channel.alloc().directBuffer(16);
      ByteBufUtil.writeAscii(size, Integer.toHexString(bytes.readableBytes()));
      ByteBufUtil.writeAscii(size, "\r\n");
      channel.write(size, channel.voidPromise());
      channel.write(bytes, channel.voidPromise());
      channel.write(
          channel.alloc().directBuffer(2).writeShort('\r' << 8 | '\n'), channel.voidPromise());
    } else {
      channel.write(bytes, channel.voidPromise());
    }
  }

  /// Sends the last chunk where the body is chunked; to be left out where the replica's own was
  /// passed on.
  public void end() {
    if (ending == Ending.CHUNKED && !head) {
      channel.write(channel.alloc().directBuffer(8).writeBytes(LAST_CHUNK), channel.voidPromise());
    }
  }

  public void flush() {
    channel.flush();
  }

  /// Whether the caller takes bytes as fast as they come.
  public boolean writable() {
    return channel.isWritable();
  }

  /// Sets who is told when a slow caller has caught up.
  public void onWritable(@Nullable Runnable onWritable) {
    this.onWritable = onWritable;
  }

  void caughtUp() {
    if (onWritable != null) {
      onWritable.run();
    }
  }

  boolean keepsAlive() {
    return keepAlive;
  }

  void closeBehind() {
    keepAlive = false;
  }

  /// Whether an error can still be told in the stream.
  boolean canTellMore() {
    return whole && ending != Ending.LENGTH;
  }
}
