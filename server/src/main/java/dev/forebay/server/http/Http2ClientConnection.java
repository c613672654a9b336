package dev.forebay.server.http;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A caller's connection of HTTP/2: carries many requests at once, all on one loop.
///
/// What a hostile caller could make grow is bounded: streams at once, header lists and the small
/// CONTINUATION frames that they come in, resets within a time (rapid reset), waiting answers to
/// PING and SETTINGS, and bytes in flight, because a window opens only as far as bytes were taken
/// into a held body or written to a replica.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113, HTTP/2</a>
final class Http2ClientConnection extends Http2ConnectionHandler implements ClientConnection {
  private static final Logger LOG = LoggerFactory.getLogger(Http2ClientConnection.class);
  private static final int MAX_STREAMS = 256;

  /// Bytes that one stream may send ahead; all streams together four times that.
  private static final int WINDOW = 256 * 1024;

  /// A caller may change its mind about every stream that it may have, once in this time.
  private static final int MAX_RESETS = MAX_STREAMS;

  private static final int RESETS_WITHIN_SECONDS = 10;

  private final HttpListener listener;
  private final NettyLoop loop;
  private final ShownKey shownKey = new ShownKey();
  private final InetAddress peer;
  private final Http2Connection.PropertyKey key;
  private final Sweep.Swept limits = new Limits();
  private @Nullable ChannelHandlerContext ctx;
  private boolean flushing;
  private long quietSinceNanos;

  private Http2ClientConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      HttpListener listener,
      NettyLoop loop,
      InetAddress peer) {
    super(decoder, encoder, settings);
    this.listener = listener;
    this.loop = loop;
    this.peer = peer;
    key = connection().newKey();
    connection().addListener(new Closing());
    connection().remote().flowController().listener(this::writabilityChanged);
  }

  /// Puts a connection at the end of the channel's pipeline.
  static void on(Channel channel, HttpListener listener, NettyLoop loop, InetAddress peer) {
    channel.pipeline().addLast(new Builder(listener, loop, peer).build());
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Http2ClientConnection, Builder> {
    private final HttpListener listener;
    private final NettyLoop loop;
    private final InetAddress peer;

    Builder(HttpListener listener, NettyLoop loop, InetAddress peer) {
      this.listener = listener;
      this.loop = loop;
      this.peer = peer;
      server(true);
      validateHeaders(true);
      validateRequiredPseudoHeaders(true);
      decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESETS_WITHIN_SECONDS);
      encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESETS_WITHIN_SECONDS);
      // The listener, not the codec, says when a drain has lasted long enough.
      gracefulShutdownTimeoutMillis(-1);
      initialSettings(
          Http2Settings.defaultSettings()
              .maxConcurrentStreams(MAX_STREAMS)
              .initialWindowSize(WINDOW)
              .maxHeaderListSize(listener.config().maxHead()));
    }

    @Override
    protected Http2ClientConnection build() {
      return super.build();
    }

    @Override
    protected Http2ClientConnection build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      var made = new Http2ClientConnection(decoder, encoder, settings, listener, loop, peer);
      frameListener(made.new Frames());
      return made;
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Exception {
    ctx = context;
    quietSinceNanos = loop.nanoTime();
    loop.sweep().add(limits);
    listener.opened(this, loop);
    super.handlerAdded(context);
    Http2Stream all = connection().connectionStream();
    window().incrementWindowSize(all, 4 * WINDOW - window().windowSize(all));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    loop.sweep().remove(limits);
    listener.closed(this);
    super.channelInactive(context);
  }

  // what arrives

  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endStream) {
      onHeadersRead(context, streamId, headers, padding, endStream);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endStream) {
      Http2Stream stream = requireNonNull(connection().stream(streamId));
      Http2Carrier carrier = carrier(stream);
      if (carrier != null) {
        // Trailers tell nothing that anybody decides on.
        carrier.part(Unpooled.EMPTY_BUFFER, endStream);
      } else {
        begin(stream, headers, endStream);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endStream) {
      Http2Carrier carrier = carrier(requireNonNull(connection().stream(streamId)));
      if (carrier == null) {
        return data.readableBytes() + padding;
      }
      carrier.part(data.retain(), endStream);
      return padding;
    }
  }

  private void begin(Http2Stream stream, Http2Headers headers, boolean endStream) {
    HttpRequest head = Http2RequestHead.of(headers);
    long length = endStream ? 0 : HttpUtil.getContentLength(head, -1L);
    Http2Carrier carrier = new Http2Carrier(this, stream);
    stream.setProperty(key, carrier);
    carrier.begin(new ClientRequest(listener, loop, carrier, head, length, loop.nanoTime()));
    if (endStream) {
      carrier.part(Unpooled.EMPTY_BUFFER, true);
    }
  }

  private @Nullable Http2Carrier carrier(Http2Stream stream) {
    return stream.getProperty(key);
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2Carrier carrier = carrier(stream);
    if (carrier != null && writable(stream)) {
      carrier.caughtUp();
    }
  }

  private final class Closing extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      quietSinceNanos = loop.nanoTime();
      Http2Carrier carrier = carrier(stream);
      if (carrier != null) {
        carrier.closed();
      }
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception http2) {
    if (http2 == null && !(cause instanceof IOException)) {
      LOG.error("a connection is closed because of a fault of the gateway", cause);
    }
    super.onConnectionError(context, outbound, cause, http2);
  }

  // what streams ask

  InetAddress peer() {
    return peer;
  }

  ShownKey shownKey() {
    return shownKey;
  }

  long now() {
    return loop.nanoTime();
  }

  ByteBufAllocator alloc() {
    return context().alloc();
  }

  void taken(Http2Stream stream, int bytes) {
    try {
      // What a stream had not taken when it closed was given back then.
      int owed = Math.min(bytes, window().unconsumedBytes(stream));
      if (owed > 0 && window().consumeBytes(stream, owed)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  private Http2LocalFlowController window() {
    return connection().local().flowController();
  }

  void write(Http2Stream stream, Http2Headers headers, boolean endStream) {
    encoder().writeHeaders(context(), stream.id(), headers, 0, endStream, ended(stream, endStream));
  }

  void write(Http2Stream stream, ByteBuf data, boolean endStream) {
    encoder().writeData(context(), stream.id(), data, 0, endStream, ended(stream, endStream));
  }

  /// A caller whose answer is complete may spare the rest of its request.
  private ChannelPromise ended(Http2Stream stream, boolean endStream) {
    ChannelPromise written = context().newPromise();
    if (endStream) {
      written.addListener(_ -> {
        if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
          reset(stream, Http2Error.NO_ERROR);
        }
      });
    }
    return written;
  }

  boolean writable(Http2Stream stream) {
    return connection().remote().flowController().isWritable(stream);
  }

  void reset(Http2Stream stream, Http2Error error) {
    resetStream(context(), stream.id(), error.code(), context().newPromise());
    flushSoon();
  }

  /// Flushes once for all streams that were written to in this turn of the loop.
  void flushSoon() {
    if (!flushing) {
      flushing = true;
      loop.execute(() -> {
        flushing = false;
        flush(context());
      });
    }
  }

  // the rest of a connection's life

  @Override
  public void drain() {
    // Through the codec, which says GOAWAY and waits for the streams under way.
    context().channel().close();
  }

  @Override
  public void cut() {
    forEach(Http2Carrier::cut);
    // Past the codec, which would wait for callers that do not read.
    loop.execute(() -> {
      flush(context());
      context().close();
    });
  }

  private void forEach(Consumer<Http2Carrier> act) {
    try {
      connection()
          .forEachActiveStream(stream -> {
            Http2Carrier carrier = carrier(stream);
            if (carrier != null) {
              act.accept(carrier);
            }
            return true;
          });
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  private ChannelHandlerContext context() {
    return requireNonNull(ctx);
  }

  private final class Limits extends Sweep.Swept {
    @Override
    protected void sweep(long now) {
      if (connection().numActiveStreams() > 0) {
        long slowReader = listener.config().slowReader().toNanos();
        forEach(carrier -> carrier.sweep(now, slowReader));
      } else if (now - quietSinceNanos > listener.config().keepAlive().toNanos()) {
        context().channel().close();
      }
    }
  }
}
