package dev.forebay.server.http;

import dev.forebay.server.setting.Address;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Listens for callers and makes each connection live on one loop. Safe for all threads.
public final class HttpListener {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final Address listen;
  private final EventLoops loops;
  private final Supplier<Entrance> entrance;
  private final HeldBodies bodies;
  private final boolean loopback;
  private final @Nullable ListenerTls tls;
  private final ConcurrentHashMap<ClientConnection, NettyLoop> connections =
      new ConcurrentHashMap<>();
  private volatile boolean draining;
  private @Nullable Channel channel;

  /// @param entrance of the present configuration; asked once for each request, on its loop
  /// @param tls what callers must speak; null for none
  /// @throws UnknownHostException if the host to listen on has no address
  public HttpListener(
      Address listen,
      EventLoops loops,
      Supplier<Entrance> entrance,
      HeldBodies bodies,
      @Nullable ListenerTls tls)
      throws UnknownHostException {
    this.listen = listen;
    this.loops = loops;
    this.entrance = entrance;
    this.bodies = bodies;
    this.loopback = InetAddress.getByName(listen.host()).isLoopbackAddress();
    this.tls = tls;
  }

  /// Binds the port.
  ///
  /// @throws IOException if it cannot be bound, with the address and what to do
  public void start() throws IOException {
    InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
    var bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel child) {
                    welcome(child);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on "
              + listen
              + ": "
              + bound.cause().getMessage()
              + "; choose another address with --listen or http.listen",
          bound.cause());
    }
    channel = bound.channel();
  }

  /// Puts in front of a new connection what finds out who it is and what it speaks.
  private void welcome(Channel child) {
    NettyLoop loop = loops.of(child);
    if (entrance().proxies().trusts(Peer.socket(child))) {
      child.pipeline().addLast(new ProxyHeader());
    }
    if (tls != null) {
      child
          .pipeline()
          .addLast(tls.newHandler(child.alloc(), config().headTimeout()))
          .addLast(new Negotiation(this, loop));
    } else {
      child.pipeline().addLast(new Arrival(this, loop, child));
    }
  }

  /// The port that is listened on.
  public int port() {
    return channel == null ? -1 : ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /// Connections open now.
  public int connections() {
    return connections.size();
  }

  /// Takes no more calls and waits until those under way have ended; those that have not within the
  /// grace period are told so and ended. Blocks.
  public void drain(Duration grace) throws InterruptedException {
    draining = true;
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
    onEach(ClientConnection::drain);
    long until = System.nanoTime() + grace.toNanos();
    while (!connections.isEmpty() && System.nanoTime() - until < 0) {
      Thread.sleep(20);
    }
    onEach(ClientConnection::cut);
    long last = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    while (!connections.isEmpty() && System.nanoTime() - last < 0) {
      Thread.sleep(10);
    }
  }

  private void onEach(Consumer<ClientConnection> act) {
    connections.forEach((connection, loop) -> loop.execute(() -> act.accept(connection)));
  }

  void opened(ClientConnection connection, NettyLoop loop) {
    connections.put(connection, loop);
  }

  void closed(ClientConnection connection) {
    connections.remove(connection);
  }

  public boolean draining() {
    return draining;
  }

  /// How callers are treated by the present configuration.
  HttpConfig config() {
    return entrance().http();
  }

  /// The entrance of the present configuration.
  Entrance entrance() {
    return entrance.get();
  }

  HeldBodies bodies() {
    return bodies;
  }

  OpenDoor door(Entrance entrance) {
    return new OpenDoor(loopback, entrance.http().allowedOrigins());
  }
}
