package dev.forebay.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Opens many streams and holds them, counting events: what a server spends on a chunk.
///
/// One thread, and as little of its CPU as can be. An event is counted where a line feed follows a
/// line feed; a server that writes CRLF within events, or cuts a chunk between the two, is
/// miscounted.
public final class StreamHold implements AutoCloseable {
  private static final int STREAMS_AN_ADDRESS = 25_000;

  private final MultiThreadIoEventLoopGroup group = Transport.loops(1);
  private final Bootstrap sockets;
  private final boolean loopback;
  private final ByteBuf request;
  private final int streams;
  private final double perSecond;
  private final List<Channel> channels = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  // of the loop's thread
  private int begun;
  private int settled;
  private long startNanos;
  private long open;
  private long refused;
  private long lost;
  private long events;
  private long reads;
  private long bytes;

  /// What happened between two readings.
  ///
  /// @param open streams whose answer has begun with 200 and not ended, at the second reading
  /// @param refused connections not made or answered with another status, since the start
  /// @param lost streams that ended while they were to be held, since the start
  /// @param events server-sent events, comments included
  /// @param reads times the socket had bytes for us
  /// @param bytes read, framing included
  public record Report(
      long open, long refused, long lost, long events, long reads, long bytes, Duration took) {
    /// Events a second over all streams.
    public double eventsPerSecond() {
      return events * 1e9 / Math.max(1, took.toNanos());
    }
  }

  /// Nothing is sent before [#start].
  ///
  /// @param request whole, for a stream long enough to be held
  /// @param perSecond streams opened a second
  public StreamHold(InetSocketAddress address, byte[] request, int streams, double perSecond) {
    if (streams < 1 || streams > 500_000) {
      throw new IllegalArgumentException("streams must be >= 1 and <= 500000, was " + streams);
    }
    if (!(perSecond > 0 && perSecond <= 1e6)) {
      throw new IllegalArgumentException("perSecond must be > 0 and <= 1000000, was " + perSecond);
    }
    this.sockets =
        Transport.sockets(address, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
            .group(group);
    this.loopback = address.getAddress().isLoopbackAddress();
    this.request =
        Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(request.length).writeBytes(request).asReadOnly());
    this.streams = streams;
    this.perSecond = perSecond;
  }

  /// Opens all streams, waits until each has begun or failed (at most `patience`), measures over
  /// `window` and closes them.
  public Report run(Duration patience, Duration window) throws InterruptedException {
    var _ = start();
    try {
      var _ = ready.completeOnTimeout(null, patience.toNanos(), TimeUnit.NANOSECONDS).join();
      long from = System.nanoTime();
      read().join();
      TimeUnit.NANOSECONDS.sleep(window.toNanos());
      var counted = read().join();
      long to = System.nanoTime();
      return new Report(
          counted.open,
          counted.refused,
          counted.lost,
          counted.events,
          counted.reads,
          counted.bytes,
          Duration.ofNanos(to - from));
    } finally {
      close();
    }
  }

  /// Begins to open the streams; the result comes when each has begun or failed.
  public CompletableFuture<Void> start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a hold runs once");
    }
    group.execute(() -> {
      startNanos = System.nanoTime();
      ramp();
    });
    return ready;
  }

  /// What happened since the last reading; `took` is zero, the reader has the clock.
  public CompletableFuture<Report> read() {
    return CompletableFuture.supplyAsync(
        () -> {
          var report = new Report(open, refused, lost, events, reads, bytes, Duration.ZERO);
          events = 0;
          reads = 0;
          bytes = 0;
          return report;
        },
        group);
  }

  @Override
  public void close() {
    if (!group.isShuttingDown()) {
      group.execute(() -> List.copyOf(channels).forEach(StreamHold::hangUp));
      var _ = group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
  }

  private static void hangUp(Channel channel) {
    var _ = channel.close();
  }

  private void ramp() {
    if (group.isShuttingDown()) {
      return;
    }
    long due = (long) ((System.nanoTime() - startNanos) / 1e9 * perSecond) + 1;
    for (int i = 0; i < 64 && begun < Math.min(due, streams); i++) {
      open(begun++);
    }
    if (begun < streams) {
      var _ = group.schedule(this::ramp, 1, TimeUnit.MILLISECONDS);
    }
  }

  private void open(int number) {
    var socket = sockets.clone().handler(new Line());
    int from = number / STREAMS_AN_ADDRESS;
    if (loopback && from > 0) {
      socket.localAddress(new InetSocketAddress(loopback(1 + from), 0));
    }
    var attempt = socket.connect();
    channels.add(attempt.channel());
    var _ =
        attempt.addListener(result -> {
          if (!result.isSuccess()) {
            refused++;
            settle();
          }
        });
  }

  /// One address has 28,000 ports to connect from; the loopback net has 16 million addresses.
  private static InetAddress loopback(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private void settle() {
    if (++settled == streams) {
      ready.complete(null);
    }
  }

  private enum State {
    WAITING,
    OPEN,
    OVER
  }

  /// One stream.
  private final class Line extends ChannelInboundHandlerAdapter {
    private State state = State.WAITING;
    private boolean lineEnded;

    @Override
    public void channelActive(ChannelHandlerContext context) {
      var _ = context.writeAndFlush(request.duplicate(), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var in = (ByteBuf) message;
      try {
        if (state == State.WAITING) {
          begin(context, in);
        }
        reads++;
        bytes += in.readableBytes();
        count(in);
      } finally {
        in.release();
      }
    }

    /// From line feed to line feed, which is much faster than byte by byte.
    private void count(ByteBuf in) {
      int end = in.writerIndex();
      int after = lineEnded ? in.readerIndex() : -1;
      for (int at = in.indexOf(in.readerIndex(), end, (byte) '\n');
          at >= 0;
          at = in.indexOf(at + 1, end, (byte) '\n')) {
        if (at == after) {
          events++;
        }
        after = at + 1;
      }
      lineEnded = after == end;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      over();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      over();
      var _ = context.close();
    }

    /// Looks at the first bytes only: a status line cut in two, which no server sends, is refused.
    private void begin(ChannelHandlerContext context, ByteBuf in) {
      int at = in.readerIndex() + 9;
      boolean good = in.readableBytes() >= 12 && in.getByte(at) == '2';
      if (good) {
        state = State.OPEN;
        open++;
        settle();
      } else {
        over();
        var _ = context.close();
      }
    }

    private void over() {
      switch (state) {
        case WAITING -> {
          refused++;
          settle();
        }
        case OPEN -> {
          open--;
          lost++;
        }
        case OVER -> {}
      }
      state = State.OVER;
    }
  }
}
