package dev.forebay.lab.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Plays a short run against a server of our own, once in the life of a JVM.
///
/// A cold generator is late for its first second or two, while its code is loaded and compiled, and
/// would make every short run void. The server that is to be measured sees nothing of this.
final class Rehearsal {
  private static final boolean HELD = hold();

  private Rehearsal() {}

  /// Returns when it has been held; blocks the first caller for two seconds.
  static boolean held() {
    return HELD;
  }

  private static boolean hold() {
    var group = Transport.loops(1);
    try {
      var server =
          new ServerBootstrap()
              .group(group)
              .channel(Transport.listeners())
              .childHandler(new Prompter())
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .syncUninterruptibly()
              .channel();
      var address = (InetSocketAddress) server.localAddress();
      var target = LoadTarget.local("http://127.0.0.1:" + address.getPort(), "rehearsal");
      var calls =
          Arrivals.draw(
              new Gap.Exponential(),
              new Pace.Ramp(500, 6000, Duration.ofSeconds(1)),
              Duration.ofSeconds(2),
              Mix.of(100, 10, 0.5).cancelling(0.05),
              1);
      var options = LoadOptions.of(1).within(Duration.ofSeconds(2));
      try (var generator = LoadGenerator.unrehearsed(target, calls, options, LoadObserver.NONE)) {
        generator.run();
      }
      return true;
    } finally {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /// Says the same to whatever ends in a brace, in one piece and in events by turns.
  @ChannelHandler.Sharable
  private static final class Prompter extends ChannelInboundHandlerAdapter {
    private static final String DELTA =
        "5c\r\ndata: {\"id\":\"r\",\"object\":\"chat.completion.chunk\","
            + "\"choices\":[{\"delta\":{\"content\":\"word\"}}]}\n\n\r\n";
    private final ByteBuf whole =
        bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-forebay-replica: r\r\n\r\n{}");
    private final ByteBuf events =
        bytes(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                + DELTA.repeat(5)
                + "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    private boolean turn;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var in = (ByteBuf) message;
      if (in.getByte(in.writerIndex() - 1) == '}') {
        turn = !turn;
        var _ = context.writeAndFlush((turn ? whole : events).duplicate(), context.voidPromise());
      }
      in.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close(); // callers hang up: it is in the script
    }

    private static ByteBuf bytes(String ascii) {
      var bytes = ascii.getBytes(StandardCharsets.US_ASCII);
      return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes).asReadOnly());
    }
  }
}
