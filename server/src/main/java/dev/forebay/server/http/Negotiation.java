package dev.forebay.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;

/// A TLS connection whose handshake tells whether it speaks HTTP/1 or HTTP/2 (ALPN). Belongs to its
/// loop.
final class Negotiation extends ApplicationProtocolNegotiationHandler {
  private final HttpListener listener;
  private final NettyLoop loop;

  Negotiation(HttpListener listener, NettyLoop loop) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.listener = listener;
    this.loop = loop;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext context, String protocol) {
    Channel channel = context.channel();
    if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
      Http2ClientConnection.on(channel, listener, loop, Peer.of(channel));
    } else {
      Http1Connection.on(channel, listener, loop, Peer.of(channel));
    }
  }

  @Override
  protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
    // Scanners and callers without our certificate do this all day: no line in the log.
    context.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
