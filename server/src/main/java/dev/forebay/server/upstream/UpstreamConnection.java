package dev.forebay.server.upstream;

import dev.forebay.server.http.Sweep;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a replica: carries one exchange at a time and rests in the pool between them.
/// Belongs to its loop.
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);

  private final Connections.Idle home;
  private final Channel channel;
  private final Resting resting = new Resting();
  private @Nullable Listener listener;
  private boolean used;
  private long idleSinceNanos;

  /// Who hears what comes over a connection.
  interface Listener {
    /// Bytes arrived; the buffer stays with the connection.
    void received(ByteBuf in);

    /// All bytes that had arrived were told.
    void receivedAll();

    /// The connection takes bytes again, or no more for now.
    void writable(boolean writable);

    /// The connection is closed.
    void closed(@Nullable Throwable cause);
  }

  UpstreamConnection(Connections.Idle home, Channel channel) {
    this.home = home;
    this.channel = channel;
  }

  Channel channel() {
    return channel;
  }

  Connections.Idle home() {
    return home;
  }

  /// Whether an earlier exchange used it, so that the replica may be closing it just now.
  boolean used() {
    return used;
  }

  void serve(Listener next) {
    listener = next;
  }

  /// Goes to rest.
  void rest(long now) {
    listener = null;
    used = true;
    idleSinceNanos = now;
    channel.config().setAutoRead(true);
  }

  boolean alive() {
    return channel.isActive();
  }

  Resting resting() {
    return resting;
  }

  void close() {
    listener = null;
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (listener != null) {
        listener.received(in);
      } else {
        // Nobody asked anything: whatever this is, the next answer could not be told from it.
        context.close();
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (listener != null) {
      listener.receivedAll();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (listener != null) {
      listener.writable(context.channel().isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed(null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException || cause instanceof CodecException)) {
      LOG.error("a connection to a replica is closed because of a fault", cause);
    }
    closed(cause);
    context.close();
  }

  private void closed(@Nullable Throwable cause) {
    home.forget(this);
    Listener told = listener;
    listener = null;
    if (told != null) {
      told.closed(cause);
    }
  }

  /// Closes a connection that rested for long.
  final class Resting extends Sweep.Swept {
    @Override
    protected void sweep(long now) {
      if (now - idleSinceNanos > home.idleForNanos()) {
        home.forget(UpstreamConnection.this);
        close();
      }
    }
  }
}
