package dev.forebay.server.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The event loops that own every socket, one per core: native epoll where it is available, NIO
/// elsewhere. Immutable; safe for all threads.
public final class EventLoops implements AutoCloseable {
  private final boolean epoll;
  private final MultiThreadIoEventLoopGroup group;
  private final List<NettyLoop> loops = new ArrayList<>();
  private final IdentityHashMap<EventExecutor, NettyLoop> byExecutor = new IdentityHashMap<>();

  /// @param count number of loops; 0 for one per core
  public EventLoops(int count) {
    epoll = Epoll.isAvailable();
    int threads = count > 0 ? count : Runtime.getRuntime().availableProcessors();
    IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("forebay-loop", true), factory);
    for (EventExecutor executor : group) {
      NettyLoop loop = new NettyLoop((EventLoop) executor, loops.size());
      loops.add(loop);
      byExecutor.put(executor, loop);
    }
  }

  /// `epoll` or `nio`.
  public String transport() {
    return epoll ? "epoll" : "nio";
  }

  public List<NettyLoop> loops() {
    return List.copyOf(loops);
  }

  public NettyLoop of(Channel channel) {
    return Objects.requireNonNull(byExecutor.get(channel.eventLoop()));
  }

  public Class<? extends Channel> socketChannel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  Class<? extends ServerChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
