package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Stands in front of everything on a connection from a trusted proxy, and reads a PROXY header
/// (version 1 or 2) where there is one.
///
/// @see <a href="https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt">The PROXY
///   protocol</a>
final class ProxyHeader extends ByteToMessageDecoder {

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    ProtocolDetectionState state = HAProxyMessageDecoder.detectProtocol(in).state();
    switch (state) {
      case NEEDS_MORE_DATA -> {}
      case INVALID -> context.pipeline().remove(this);
      case DETECTED -> {
        context
            .pipeline()
            .addAfter(context.name(), "proxy-reader", new Reader())
            .addAfter(context.name(), "proxy-decoder", new HAProxyMessageDecoder())
            .remove(this);
      }
    }
  }

  /// Takes the caller's address out of the header.
  private static final class Reader extends SimpleChannelInboundHandler<HAProxyMessage> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header)
        throws UnknownHostException {
      // A proxy that checks health of its own speaks LOCAL and names nobody.
      byte[] source =
          header.sourceAddress() == null
              ? null
              : NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
      if (source != null) {
        Peer.tell(context.channel(), InetAddress.getByAddress(source));
      }
      context.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Whoever begins a header and breaks it names nobody who could be trusted.
      context.close();
    }
  }
}
