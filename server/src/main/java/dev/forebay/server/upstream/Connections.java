package dev.forebay.server.upstream;

import dev.forebay.pipeline.Held;
import dev.forebay.server.http.EventLoops;
import dev.forebay.server.http.NettyLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The connections of one loop to all replicas, kept alive between exchanges.
///
/// The one that rested least is taken first, so that those not needed grow old and are closed.
/// Belongs to its loop: a call's connection to its replica never changes thread and needs no lock.
final class Connections {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final NettyLoop loop;
  private final EventLoops loops;
  private final Supplier<UpstreamConfig> config;
  private final IdentityHashMap<Target, Idle> idle = new IdentityHashMap<>();
  private int open;

  /// Who waits for a connection.
  interface Taker {
    void connected(UpstreamConnection connection);

    /// No connection could be made, and nothing was sent.
    void notConnected(Throwable cause);
  }

  /// @param config the present one: what rests outlives calls and their configuration
  Connections(NettyLoop loop, EventLoops loops, Supplier<UpstreamConfig> config) {
    this.loop = loop;
    this.loops = loops;
    this.config = config;
  }

  NettyLoop loop() {
    return loop;
  }

  /// Connections open now, resting or not.
  int open() {
    return open;
  }

  /// Hands over a connection that rests, or makes one.
  Held take(Target target, Taker taker) {
    UpstreamConnection resting = idle(target).take();
    if (resting != null) {
      taker.connected(resting);
      return () -> {};
    }
    return connect(target, taker);
  }

  /// Makes a new connection.
  ///
  /// @return what stops the attempt to connect
  Held connect(Target target, Taker taker) {
    InetSocketAddress address = target.address();
    if (address == null) {
      taker.notConnected(new UnknownHostException("cannot resolve " + target.host()));
      return () -> {};
    }
    Idle home = idle(target);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loops.socketChannel())
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) config.get().connect().toMillis())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    dress(channel, target, home);
                  }
                });
    ChannelFuture connecting = bootstrap.connect(address);
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        taker.notConnected(done.cause());
        return;
      }
      Channel channel = connecting.channel();
      open++;
      channel.closeFuture().addListener(_ -> open--);
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      if (tls == null) {
        taker.connected(channel.pipeline().get(UpstreamConnection.class));
      } else {
        shakeHands(tls, channel, taker);
      }
    });
    return () -> {
      if (!connecting.isDone()) {
        connecting.cancel(true);
      }
    };
  }

  private void dress(Channel channel, Target target, Idle home) {
    if (target.proxy() != null) {
      HttpProxyHandler tunnel = new HttpProxyHandler(target.proxy());
      tunnel.setConnectTimeoutMillis(config.get().connect().toMillis());
      channel.pipeline().addLast(tunnel);
    }
    if (target.tls() != null) {
      SslHandler tls = target.tls().newHandler(channel.alloc(), target.host(), target.port());
      tls.setHandshakeTimeoutMillis(config.get().connect().toMillis() * 3);
      channel.pipeline().addLast(tls);
    }
    channel.pipeline().addLast(new UpstreamConnection(home, channel));
  }

  private static void shakeHands(SslHandler tls, Channel channel, Taker taker) {
    tls.handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            taker.connected(channel.pipeline().get(UpstreamConnection.class));
          } else {
            channel.close();
            taker.notConnected(done.cause());
          }
        });
  }

  /// Takes back a connection whose exchange ended cleanly.
  void release(UpstreamConnection connection) {
    connection.home().add(connection);
  }

  private Idle idle(Target target) {
    return target.retired() ? new Idle(false) : idle.computeIfAbsent(target, _ -> new Idle(true));
  }

  /// Closes what rests towards a target that is retired; what is in use is closed when it comes
  /// back.
  void forget(Target target) {
    Idle gone = idle.remove(target);
    if (gone != null) {
      gone.kept = false;
      gone.closeAll();
    }
  }

  void closeAll() {
    idle.values().forEach(Idle::closeAll);
  }

  /// The connections to one replica that rest.
  final class Idle {
    private final ArrayDeque<UpstreamConnection> resting = new ArrayDeque<>();
    private boolean kept;

    private Idle(boolean kept) {
      this.kept = kept;
    }

    private @Nullable UpstreamConnection take() {
      for (UpstreamConnection next = resting.pollLast(); next != null; next = resting.pollLast()) {
        loop.sweep().remove(next.resting());
        if (next.alive()) {
          return next;
        }
      }
      return null;
    }

    private void add(UpstreamConnection connection) {
      if (!kept || !connection.alive() || resting.size() >= config.get().idleConnections()) {
        connection.close();
        return;
      }
      connection.rest(loop.nanoTime());
      resting.addLast(connection);
      loop.sweep().add(connection.resting());
    }

    long idleForNanos() {
      return config.get().idleFor().toNanos();
    }

    /// Forgets a connection that is closed. O(resting).
    void forget(UpstreamConnection connection) {
      loop.sweep().remove(connection.resting());
      resting.remove(connection);
    }

    private void closeAll() {
      for (UpstreamConnection next = resting.poll(); next != null; next = resting.poll()) {
        loop.sweep().remove(next.resting());
        next.close();
      }
    }
  }
}
