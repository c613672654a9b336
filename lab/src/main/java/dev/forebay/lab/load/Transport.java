package dev.forebay.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;

/// Loops and sockets of the clients: epoll where it is, else NIO.
final class Transport {
  private Transport() {}

  static MultiThreadIoEventLoopGroup loops(int count) {
    IoHandlerFactory handlers =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("load", true), handlers);
  }

  static Class<? extends ServerChannel> listeners() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  static Bootstrap sockets(InetSocketAddress address, boolean lingerZero) {
    var sockets =
        new Bootstrap()
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .remoteAddress(address)
            .option(ChannelOption.TCP_NODELAY, true);
    if (Epoll.isAvailable()) {
      // a local address is then given its port at connect: many more than 28,000 fit
      sockets.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
    }
    return lingerZero ? sockets.option(ChannelOption.SO_LINGER, 0) : sockets;
  }
}
