package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A connection whose first bytes tell whether it speaks HTTP/1 or HTTP/2 (prior knowledge).
/// Belongs to its loop.
final class Arrival extends ByteToMessageDecoder implements ClientConnection {
  private static final ByteBuf PREFACE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII)
              .asReadOnly());

  private final HttpListener listener;
  private final NettyLoop loop;
  private final Channel channel;
  private final Sweep.Swept limits = new Limits();
  private final long sinceNanos;

  Arrival(HttpListener listener, NettyLoop loop, Channel channel) {
    this.listener = listener;
    this.loop = loop;
    this.channel = channel;
    this.sinceNanos = loop.nanoTime();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    loop.sweep().add(limits);
    listener.opened(this, loop);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    loop.sweep().remove(limits);
    listener.closed(this);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int length = Math.min(in.readableBytes(), PREFACE.readableBytes());
    boolean http2 = ByteBufUtil.equals(in, in.readerIndex(), PREFACE, 0, length);
    if (http2 && length < PREFACE.readableBytes()) {
      return;
    }
    if (http2) {
      Http2ClientConnection.on(channel, listener, loop, Peer.of(channel));
    } else {
      Http1Connection.on(channel, listener, loop, Peer.of(channel));
    }
    // What was read goes to whoever stands behind.
    context.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  @Override
  public void drain() {
    channel.close();
  }

  @Override
  public void cut() {
    channel.close();
  }

  private final class Limits extends Sweep.Swept {
    @Override
    protected void sweep(long now) {
      HttpConfig config = listener.config();
      boolean silent = actualReadableBytes() == 0;
      if (now - sinceNanos > (silent ? config.keepAlive() : config.headTimeout()).toNanos()) {
        channel.close();
      }
    }
  }
}
