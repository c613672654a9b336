package dev.forebay.server.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Who is at the other end of a connection: the address it comes from, or the one that a trusted
/// proxy's PROXY header names.
final class Peer {
  private static final AttributeKey<InetAddress> TOLD = AttributeKey.valueOf("forebay.peer");

  private Peer() {}

  static InetAddress of(Channel channel) {
    InetAddress told = channel.attr(TOLD).get();
    return told == null ? socket(channel) : told;
  }

  /// The address that the connection itself comes from.
  static InetAddress socket(Channel channel) {
    // An address that is gone already belongs to a connection that was reset while it was accepted.
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  static void tell(Channel channel, InetAddress address) {
    channel.attr(TOLD).set(address);
  }
}
