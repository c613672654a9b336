package dev.forebay.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Keeps a fixed number of connections busy, each sending the same bytes again as soon as it is
/// answered (a closed loop): finds what a server can do at most, never how long callers wait.
///
/// One thread, and as little of its CPU as can be: bytes made beforehand, answers measured by
/// content-length and not looked into.
public final class SaturationLoad implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group = Transport.loops(1);
  private final Bootstrap sockets;
  private final ByteBuf request;
  private final int connections;
  private final @Nullable SslContext tls;
  private final List<Line> lines = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();

  // of the loop's thread
  private Histogram latency = new Histogram(3);
  private long answered;
  private long refused;
  private long broken;
  private boolean stopped;

  /// What happened between two readings.
  ///
  /// @param answered complete 2xx answers
  /// @param refused complete answers of another status
  /// @param broken connections lost or never made; each is opened no second time
  /// @param latency nanoseconds from the last byte written to the last byte read, 2xx only
  public record Report(long answered, long refused, long broken, Duration took, Histogram latency) {
    /// 2xx answers a second.
    public double perSecond() {
      return answered * 1e9 / Math.max(1, took.toNanos());
    }
  }

  /// Nothing is sent before [#start].
  ///
  /// @param request whole, head and body, as [RequestBytes#render] makes it
  public SaturationLoad(InetSocketAddress address, byte[] request, int connections) {
    this(address, request, connections, null);
  }

  /// The same over TLS, where `tls` is not null.
  public SaturationLoad(
      InetSocketAddress address, byte[] request, int connections, @Nullable SslContext tls) {
    if (connections < 1 || connections > 60_000) {
      throw new IllegalArgumentException(
          "connections must be >= 1 and <= 60000, was " + connections);
    }
    this.sockets = Transport.sockets(address, true).group(group);
    this.request =
        Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(request.length).writeBytes(request).asReadOnly());
    this.connections = connections;
    this.tls = tls;
  }

  /// Warms up, measures and stops: blocks the calling thread for both stretches.
  public Report run(Duration warmUp, Duration window) throws InterruptedException {
    start();
    TimeUnit.NANOSECONDS.sleep(warmUp.toNanos());
    long from = System.nanoTime();
    read().join();
    TimeUnit.NANOSECONDS.sleep(window.toNanos());
    var counted = read().join();
    long to = System.nanoTime();
    close();
    return new Report(
        counted.answered,
        counted.refused,
        counted.broken,
        Duration.ofNanos(to - from),
        counted.latency);
  }

  /// Opens the connections and begins.
  public void start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a load runs once");
    }
    group.execute(() -> {
      for (int i = 0; i < connections; i++) {
        var line = new Line();
        lines.add(line);
        var _ =
            sockets
                .clone()
                .handler(handler(line))
                .connect()
                .addListener(result -> {
                  if (!result.isSuccess()) {
                    broken++;
                  }
                });
      }
    });
  }

  private ChannelHandler handler(Line line) {
    var context = tls;
    return context == null
        ? line
        : new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(context.newHandler(channel.alloc())).addLast(line);
          }
        };
  }

  /// What happened since the last reading; `took` is zero, the reader has the clock.
  public CompletableFuture<Report> read() {
    return CompletableFuture.supplyAsync(
        () -> {
          var report = new Report(answered, refused, broken, Duration.ZERO, latency);
          answered = 0;
          refused = 0;
          broken = 0;
          latency = new Histogram(3);
          return report;
        },
        group);
  }

  @Override
  public void close() {
    if (!group.isShuttingDown()) {
      group.execute(() -> {
        stopped = true;
        lines.forEach(Line::close);
      });
      var _ = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
  }

  /// One connection.
  private final class Line extends ChannelInboundHandlerAdapter {
    private final AnswerLength answer = new AnswerLength();
    private @Nullable ChannelHandlerContext context;
    private long sentNanos;
    private boolean ended;

    @Override
    public void channelActive(ChannelHandlerContext context) {
      this.context = context;
      send(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var bytes = (ByteBuf) message;
      try {
        if (answer.read(bytes)) {
          if (answer.status() / 100 == 2) {
            answered++;
            latency.recordValue(System.nanoTime() - sentNanos);
          } else {
            refused++;
          }
          send(context);
        }
      } catch (IllegalStateException e) {
        lost(context);
      } finally {
        bytes.release();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      lost(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      lost(context);
    }

    void close() {
      ended = true;
      if (context != null) {
        var _ = context.close();
      }
    }

    private void send(ChannelHandlerContext context) {
      if (!stopped) {
        sentNanos = System.nanoTime();
        var _ = context.writeAndFlush(request.duplicate(), context.voidPromise());
      }
    }

    private void lost(ChannelHandlerContext context) {
      if (!ended) {
        ended = true;
        broken++;
        var _ = context.close();
      }
    }
  }
}
