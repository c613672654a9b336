package dev.forebay.lab.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Takes the requests of one connection one after the other, also if the client does not wait for
/// its answers, and notices when the client hangs up.
final class ConnectionHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private final FakeEngine engine;
  private final Queue<FullHttpRequest> pipelined = new ArrayDeque<>();
  private @Nullable Exchange exchange;
  private boolean busy;

  ConnectionHandler(FakeEngine engine) {
    this.engine = engine;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (busy) {
      pipelined.add(request.retain());
    } else {
      serve(context, request);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    pipelined.forEach(ReferenceCountUtil::release);
    pipelined.clear();
    if (exchange != null) {
      exchange.disconnected(engine.dead());
    }
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close(); // a reset by the client is its way to hang up
  }

  private void serve(ChannelHandlerContext context, FullHttpRequest request) {
    busy = true;
    exchange = null;
    var begun = engine.routes().serve(context.channel(), request, () -> served(context));
    if (begun != null) {
      exchange = begun;
      begun.begin();
    }
  }

  private void served(ChannelHandlerContext context) {
    exchange = null;
    var next = pipelined.poll();
    busy = next != null; // stays so until that one is served: a later one must not overtake it
    if (next != null) {
      context.executor().execute(() -> serveNext(context, next));
    }
  }

  private void serveNext(ChannelHandlerContext context, FullHttpRequest next) {
    try {
      if (context.channel().isActive()) {
        serve(context, next);
      }
    } finally {
      next.release();
    }
  }
}
