package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;

/// An answer over HTTP/1: bytes, framed by a length, by chunks or by the connection's close.
final class Http1Reply extends Reply {
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Channel channel;
  private final boolean http10;
  private boolean keepAlive;

  /// @param http10 whether the caller speaks HTTP/1.0, which has no chunks
  /// @param headOnly whether the caller asked for the head only
  Http1Reply(Channel channel, boolean http10, boolean headOnly, boolean keepAlive) {
    super(headOnly);
    this.channel = channel;
    this.http10 = http10;
    this.keepAlive = keepAlive;
  }

  @Override
  public Ending streamEnding() {
    return http10 ? Ending.CLOSE : Ending.CHUNKED;
  }

  @Override
  void head(HeadLines lines, String ownLines, long length) {
    channel.write(bytesOf(lines, ownLines, length), channel.voidPromise());
  }

  /// In one buffer: two would cost another copy and a slower system call.
  @Override
  void whole(HeadLines lines, String ownLines, byte[] body) {
    ByteBuf out = bytesOf(lines, ownLines, body.length);
    if (!headOnly()) {
      out.writeBytes(body);
    }
    channel.write(out, channel.voidPromise());
  }

  private ByteBuf bytesOf(HeadLines lines, String ownLines, long length) {
    ByteBuf out = channel.alloc().directBuffer(1024);
    lines.copyTo(out);
    // Several times as fast as character by character.
    out.writeBytes(ownLines.getBytes(StandardCharsets.ISO_8859_1));
    switch (ending()) {
      case LENGTH -> {
        ByteBufUtil.writeAscii(out, "content-length: ");
        ByteBufUtil.writeAscii(out, Long.toString(length));
        ByteBufUtil.writeAscii(out, "\r\n");
      }
      case CHUNKED -> ByteBufUtil.writeAscii(out, "transfer-encoding: chunked\r\n");
      case CLOSE -> keepAlive = false;
      case FRAMES, NONE -> {}
    }
    if (!keepAlive) {
      ByteBufUtil.writeAscii(out, "connection: close\r\n");
    } else if (http10) {
      ByteBufUtil.writeAscii(out, "connection: keep-alive\r\n");
    }
    ByteBufUtil.writeAscii(out, "\r\n");
    return out;
  }

  @Override
  public void raw(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  @Override
  public void payload(ByteBuf bytes) {
    if (headOnly() || !bytes.isReadable()) {
      bytes.release();
    } else if (ending() == Ending.CHUNKED) {
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

  @Override
  public void end() {
    if (ending() == Ending.CHUNKED && !headOnly()) {
      channel.write(channel.alloc().directBuffer(8).writeBytes(LAST_CHUNK), channel.voidPromise());
    }
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  void closeBehind() {
    keepAlive = false;
  }

  /// Whether the connection may carry another request.
  boolean keepsAlive() {
    return keepAlive;
  }
}
