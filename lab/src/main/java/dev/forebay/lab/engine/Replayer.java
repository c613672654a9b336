package dev.forebay.lab.engine;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// An upstream that costs next to nothing, so that a benchmark measures what stands before it: it
/// does not parse HTTP and sends what was rendered at its start. Safe for many threads.
public final class Replayer implements AutoCloseable {

  private final EventLoopGroup group;
  private final Channel listener;
  private final LongAdder requests = new LongAdder();
  private final Recorder lateness = new Recorder(3);

  private Replayer(ReplayerConfig config) {
    this.group = Transport.group("replayer", config.loops());
    var recording = new Recording(config);
    var wheels = new HashMap<EventExecutor, StreamWheel>();
    group.forEach(
        loop -> wheels.put(loop, new StreamWheel(loop, config.interval(), lateness::recordValue)));
    this.listener =
        new ServerBootstrap()
            .group(group)
            .channel(Transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 8_192)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new ReplayHandler(
                                config,
                                recording,
                                Objects.requireNonNull(wheels.get(channel.eventLoop())),
                                requests));
                  }
                })
            .bind("127.0.0.1", config.port())
            .syncUninterruptibly()
            .channel();
  }

  /// Listens when it returns.
  public static Replayer start(ReplayerConfig config) {
    return new Replayer(config);
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /// Requests answered or being answered since the start.
  public long requests() {
    return requests.sum();
  }

  /// How late chunks were that had a time, in nanoseconds, since this was last asked: the
  /// replayer's own fault, never that of who reads them.
  public Histogram lateness() {
    return lateness.getIntervalHistogram();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
