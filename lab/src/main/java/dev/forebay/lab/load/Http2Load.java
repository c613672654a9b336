package dev.forebay.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// [SaturationLoad] over HTTP/2 with prior knowledge: a fixed number of streams on few connections,
/// each asking again as soon as it is answered. One thread.
public final class Http2Load implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group = Transport.loops(1);
  private final Bootstrap sockets;
  private final Http2Headers headers = new DefaultHttp2Headers();
  private final ByteBuf body;
  private final int connections;
  private final int streamsEach;
  private final List<Line> lines = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();

  // of the loop's thread
  private Histogram latency = new Histogram(3);
  private long answered;
  private long refused;
  private long broken;
  private boolean stopped;

  /// Nothing is sent before [#start].
  ///
  /// @param body of each request, which is a POST to the target's path
  /// @param streamsEach streams open at once on each connection
  public Http2Load(LoadTarget target, byte[] body, int connections, int streamsEach) {
    if (connections < 1 || connections > 1_000) {
      throw new IllegalArgumentException(
          "connections must be >= 1 and <= 1000, was " + connections);
    }
    if (streamsEach < 1 || streamsEach > 100) {
      throw new IllegalArgumentException(
          "streamsEach must be >= 1 and <= 100, as many as servers allow, was " + streamsEach);
    }
    this.sockets = Transport.sockets(target.address(), true).group(group);
    this.body =
        Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(body.length).writeBytes(body).asReadOnly());
    this.connections = connections;
    this.streamsEach = streamsEach;
    headers
        .method("POST")
        .scheme("http")
        .path(target.path())
        .authority(target.host())
        .set("content-type", "application/json")
        .set("content-length", Integer.toString(body.length));
    target.headers().forEach(headers::set);
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
                .handler(line.codec)
                .connect()
                .addListener(result -> {
                  if (!result.isSuccess()) {
                    broken++;
                  }
                });
      }
    });
  }

  /// What happened since the last reading; `took` is zero, the reader has the clock. A stream that
  /// was reset counts as broken.
  public CompletableFuture<SaturationLoad.Report> read() {
    return CompletableFuture.supplyAsync(
        () -> {
          var report = new SaturationLoad.Report(answered, refused, broken, Duration.ZERO, latency);
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

  /// An answer under way.
  private static final class Open {
    private final long sentNanos = System.nanoTime();
    private boolean good;
  }

  /// One connection.
  private final class Line extends Http2FrameAdapter {
    private final IntObjectMap<Open> open = new IntObjectHashMap<>();
    private final Http2ConnectionHandler codec = new Codec().listener(this).build();
    private @Nullable ChannelHandlerContext context;
    private int nextStream = 3; // 1 is kept for an upgrade from HTTP/1.1
    private boolean ended;

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
      if (this.context == null) {
        this.context = context;
        for (int i = 0; i < streamsEach; i++) {
          send(context);
        }
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream) {
      onHeadersRead(context, stream, headers, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int padding,
        boolean endOfStream) {
      var answer = open.get(stream);
      if (answer != null && headers.status() != null) {
        answer.good = headers.status().charAt(0) == '2';
      }
      if (endOfStream) {
        answered(context, stream);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean endOfStream) {
      int processed = data.readableBytes() + padding;
      if (endOfStream) {
        answered(context, stream);
      }
      return processed;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int stream, long errorCode) {
      if (open.remove(stream) != null && !ended) {
        broken++;
        send(context);
      }
    }

    void close() {
      ended = true;
      if (context != null) {
        var _ = context.channel().close();
      }
    }

    private void answered(ChannelHandlerContext context, int stream) {
      var answer = open.remove(stream);
      if (answer == null) {
        return;
      }
      if (answer.good) {
        answered++;
        latency.recordValue(System.nanoTime() - answer.sentNanos);
      } else {
        refused++;
      }
      send(context);
    }

    private void send(ChannelHandlerContext context) {
      if (stopped) {
        return;
      }
      int stream = nextStream;
      nextStream += 2;
      open.put(stream, new Open());
      var encoder = codec.encoder();
      var _ = encoder.writeHeaders(context, stream, headers, 0, false, context.newPromise());
      var _ = encoder.writeData(context, stream, body.duplicate(), 0, true, context.newPromise());
      // every caller of this is reading, and the codec flushes when the reading is complete
    }

    private void lost() {
      if (!ended) {
        ended = true;
        broken += Math.max(1, open.size());
      }
    }

    private final class Codec
        extends AbstractHttp2ConnectionHandlerBuilder<Http2ConnectionHandler, Codec> {
      Codec() {
        server(false);
        validateHeaders(false);
        initialSettings(Http2Settings.defaultSettings().pushEnabled(false));
      }

      Codec listener(Line line) {
        return frameListener(line);
      }

      @Override
      public Http2ConnectionHandler build() {
        return super.build();
      }

      @Override
      protected Http2ConnectionHandler build(
          Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        return new Http2ConnectionHandler(decoder, encoder, settings) {
          @Override
          public void channelInactive(ChannelHandlerContext context) throws Exception {
            lost();
            super.channelInactive(context);
          }
        };
      }
    }
  }
}
