package dev.forebay.lab.edge;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A caller that speaks HTTP/2 by prior knowledge, over one connection. Safe for all threads.
final class Http2Caller implements AutoCloseable {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel channel;
  private final CompletableFuture<Long> goAway = new CompletableFuture<>();

  Http2Caller(int port) throws InterruptedException {
    this(port, 1 << 16);
  }

  /// @param window bytes that each stream may be sent before it is read on; 0 takes nothing
  Http2Caller(int port, int window) throws InterruptedException {
    channel =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forClient()
                                .validateHeaders(false)
                                .initialSettings(
                                    Http2Settings.defaultSettings().initialWindowSize(window))
                                .build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                            new Connection());
                  }
                })
            .connect("127.0.0.1", port)
            .sync()
            .channel();
  }

  private final class Connection extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2GoAwayFrame frame) {
        goAway.complete(frame.errorCode());
      }
      ReferenceCountUtil.release(message);
    }
  }

  /// The error code of the gateway's goodbye.
  CompletableFuture<Long> goAway() {
    return goAway;
  }

  boolean open() {
    return channel.isOpen();
  }

  /// A POST of JSON to that path, as every caller sends it.
  Exchange post(String path, String json) {
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .method("POST")
            .scheme("http")
            .authority("127.0.0.1")
            .path(path)
            .add("content-type", "application/json");
    return send(head, json);
  }

  /// Sends a request with a body.
  Exchange send(Http2Headers head, String body) {
    Exchange exchange = open(head);
    exchange.data(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8), true);
    return exchange;
  }

  /// Sends a request whose body follows.
  Exchange open(Http2Headers head) {
    Exchange exchange = new Exchange();
    exchange.stream =
        new Http2StreamChannelBootstrap(channel)
            .handler(exchange)
            .open()
            .syncUninterruptibly()
            .getNow();
    exchange.stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, false));
    return exchange;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /// What came back.
  ///
  /// @param reset the error code with which the gateway ended the stream, or -1
  record Reply(int status, Http2Headers headers, String body, long reset) {}

  /// One request and its answer.
  static final class Exchange extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final CompletableFuture<String> firstData = new CompletableFuture<>();
    private final StringBuilder body = new StringBuilder();
    private Http2Headers headers = new DefaultHttp2Headers();
    private @Nullable Channel stream;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      switch (message) {
        case Http2HeadersFrame head -> {
          headers = head.headers();
          if (head.isEndStream()) {
            end(-1);
          }
        }
        case Http2DataFrame data -> {
          String text = data.content().toString(StandardCharsets.UTF_8);
          body.append(text);
          firstData.complete(text);
          data.release();
          if (data.isEndStream()) {
            end(-1);
          }
        }
        default -> ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        end(reset.errorCode());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      reply.completeExceptionally(new IllegalStateException("closed after " + body));
    }

    private void end(long reset) {
      int status = headers.status() == null ? 0 : Integer.parseInt(headers.status().toString());
      reply.complete(new Reply(status, headers, body.toString(), reset));
    }

    /// Sends a piece of the body; the future tells when it was written to the socket.
    ChannelFuture data(ByteBuf bytes, boolean last) {
      return requireNonNull(stream).writeAndFlush(new DefaultHttp2DataFrame(bytes, last));
    }

    void reset() {
      requireNonNull(stream).writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    }

    /// The first data of the answer; blocks up to 20 s.
    String firstData() throws ExecutionException, InterruptedException, TimeoutException {
      return firstData.get(20, TimeUnit.SECONDS);
    }

    /// The whole answer; blocks up to 20 s.
    Reply reply() throws ExecutionException, InterruptedException, TimeoutException {
      return reply.get(20, TimeUnit.SECONDS);
    }
  }
}
