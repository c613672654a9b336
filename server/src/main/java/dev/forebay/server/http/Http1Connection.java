package dev.forebay.server.http;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A caller's connection of HTTP/1: carries requests one after another.
///
/// A request that is sent before the one in front of it was answered waits unread. Belongs to its
/// loop.
final class Http1Connection extends ChannelInboundHandlerAdapter
    implements Carrier, ClientConnection {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);
  private static final long NEVER = Long.MIN_VALUE;

  private final HttpListener listener;
  private final NettyLoop loop;
  private final InetAddress peer;
  private final ArrayDeque<Object> early = new ArrayDeque<>(2);
  private final Sweep.Swept limits = new Limits();
  private final ShownKey shownKey = new ShownKey();

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ClientRequest request;
  private boolean closing;
  private long sinceNanos;
  private long headSinceNanos = NEVER;

  /// @param peer the address at the other end
  Http1Connection(HttpListener listener, NettyLoop loop, InetAddress peer) {
    this.listener = listener;
    this.loop = loop;
    this.peer = peer;
  }

  /// Puts a decoder and a connection at the end of the channel's pipeline.
  static void on(Channel channel, HttpListener listener, NettyLoop loop, InetAddress peer) {
    var connection = new Http1Connection(listener, loop, peer);
    channel
        .pipeline()
        .addLast(new StrictDecoder(listener.config().maxHead(), connection::bytesArrived))
        .addLast(connection);
  }

  // reading

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    sinceNanos = loop.nanoTime();
    loop.sweep().add(limits);
    listener.opened(this, loop);
  }

  private void bytesArrived() {
    if (request == null && headSinceNanos == NEVER) {
      headSinceNanos = loop.nanoTime();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    boolean ofLaterRequest = request != null && request.bodyRead();
    if (closing) {
      ReferenceCountUtil.release(message);
    } else if (ofLaterRequest || !early.isEmpty()) {
      early.add(message);
      flowing(false);
    } else {
      read(message);
    }
  }

  private void read(Object message) {
    if (message instanceof HttpRequest head) {
      begin(head);
    }
    // Separately: what the decoder makes of a broken request is a head and a last content in one.
    if (message instanceof HttpContent content) {
      part(content);
    }
  }

  private void begin(HttpRequest head) {
    long arrived = headSinceNanos == NEVER ? loop.nanoTime() : headSinceNanos;
    request = new ClientRequest(listener, loop, this, head, bodyLength(head), arrived);
    request.begin();
  }

  private static long bodyLength(HttpRequest head) {
    if (head.decoderResult().isFailure()) {
      return 0;
    }
    return HttpUtil.isTransferEncodingChunked(head) ? -1 : HttpUtil.getContentLength(head, 0L);
  }

  private void part(HttpContent content) {
    ClientRequest of = request;
    if (of == null) {
      // Answered before its body was read: the rest is of no interest.
      content.release();
    } else if (content.decoderResult().isFailure()) {
      content.release();
      of.malformed(content.decoderResult().cause());
    } else {
      of.part(content.content(), content instanceof LastHttpContent);
    }
  }

  // carrying

  @Override
  public InetAddress peer() {
    return peer;
  }

  @Override
  public ShownKey shownKey() {
    return shownKey;
  }

  @Override
  public ByteBufAllocator alloc() {
    return context().alloc();
  }

  @Override
  public Reply reply(HttpRequest head) {
    return new Http1Reply(
        context().channel(),
        head.protocolVersion().equals(HttpVersion.HTTP_1_0),
        head.method().equals(HttpMethod.HEAD),
        HttpUtil.isKeepAlive(head) && !listener.draining());
  }

  @Override
  public void sendBody() {
    context()
        .writeAndFlush(
            Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));
  }

  @Override
  public void flowing(boolean open) {
    context().channel().config().setAutoRead(open);
  }

  @Override
  public void taken(int bytes) {
    // HTTP/1 has no window; `flowing` is all there is.
  }

  @Override
  public void answered(Reply reply) {
    request = null;
    headSinceNanos = NEVER;
    sinceNanos = loop.nanoTime();
    if (!((Http1Reply) reply).keepsAlive()) {
      closing = true;
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    reply.flush();
    if (early.isEmpty()) {
      flowing(true);
    } else {
      loop.execute(this::readEarly);
    }
  }

  private void readEarly() {
    while (!early.isEmpty() && !(request != null && request.bodyRead())) {
      Object message = early.poll();
      if (closing) {
        ReferenceCountUtil.release(message);
      } else {
        read(message);
      }
    }
    if (early.isEmpty() && !closing) {
      flowing(true);
    }
  }

  @Override
  public void abort() {
    context().close();
  }

  // the rest of a connection's life

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (request != null && context.channel().isWritable()) {
      request.caughtUp();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    loop.sweep().remove(limits);
    listener.closed(this);
    closing = true;
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    ClientRequest left = request;
    request = null;
    if (left != null) {
      left.gone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A reset by the caller is how many of them say goodbye; whatever else it is, the connection is
    // of no more use.
    if (!(cause instanceof IOException)) {
      LOG.error("a connection is closed because of a fault of the gateway", cause);
    }
    context.close();
  }

  @Override
  public void drain() {
    if (request != null) {
      request.closeBehind();
    } else if (!closing) {
      context().close();
    }
  }

  @Override
  public void cut() {
    if (request != null) {
      request.cut();
    } else {
      context().close();
    }
  }

  private ChannelHandlerContext context() {
    return requireNonNull(ctx);
  }

  private final class Limits extends Sweep.Swept {
    @Override
    protected void sweep(long now) {
      HttpConfig config = listener.config();
      if (request != null) {
        request.sweep(now);
      } else if (closing) {
        // A caller that does not take its last answer shall not keep the socket.
        closeAfter(config.slowReader().toNanos(), sinceNanos, now);
      } else if (headSinceNanos != NEVER) {
        // Nobody knows yet what is asked, so there is nothing to count as a call.
        closeAfter(config.headTimeout().toNanos(), headSinceNanos, now);
      } else {
        closeAfter(config.keepAlive().toNanos(), sinceNanos, now);
      }
    }

    private void closeAfter(long limitNanos, long since, long now) {
      if (now - since > limitNanos) {
        context().close();
      }
    }
  }
}
