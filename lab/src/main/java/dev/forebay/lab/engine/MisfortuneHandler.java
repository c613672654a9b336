package dev.forebay.lab.engine;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;

/// Draws the faults of a request when its head comes, because reading its body slowly is one of
/// them.
final class MisfortuneHandler extends ChannelDuplexHandler {

  static final AttributeKey<Misfortune> DRAWN = AttributeKey.valueOf("forebay.misfortune");

  private final FakeEngine engine;
  private final ReadPace pace;
  private boolean slow;

  MisfortuneHandler(FakeEngine engine, ReadPace pace) {
    this.engine = engine;
    this.pace = pace;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      boolean spared =
          !request.method().equals(HttpMethod.POST) || request.uri().startsWith(Routes.ADMIN);
      var misfortune = spared ? Misfortune.NONE : engine.drawMisfortune();
      context.channel().attr(DRAWN).set(misfortune);
      var slowRead = misfortune.find(Fault.SlowRead.class);
      if (slowRead != null && !(message instanceof LastHttpContent)) {
        readSlowly(context, slowRead);
      }
    }
    if (slow && message instanceof LastHttpContent) {
      slow = false;
      pace.usual();
      context.channel().config().setAutoRead(true);
    }
    context.fireChannelRead(message);
  }

  /// The aggregator asks for more as soon as it has some.
  @Override
  public void read(ChannelHandlerContext context) {
    if (!slow) {
      context.read();
    }
  }

  private void readSlowly(ChannelHandlerContext context, Fault.SlowRead how) {
    slow = true;
    pace.slow(how.bytes());
    context.channel().config().setAutoRead(false);
    engine.after(how.interval(), () -> readPiece(context, how));
  }

  private void readPiece(ChannelHandlerContext context, Fault.SlowRead how) {
    if (slow && context.channel().isActive()) {
      context.read();
      engine.after(how.interval(), () -> readPiece(context, how));
    }
  }
}
