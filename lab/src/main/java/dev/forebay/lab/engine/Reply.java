package dev.forebay.lab.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// One HTTP response on its way out, with the framing a fault may ask for. Lives on its channel's
/// event loop. What is written is seen by the client after [#flush].
final class Reply {

  /// How the client knows where the body ends.
  enum Framing {
    CHUNKED,
    LENGTH,
    CLOSE
  }

  private final Channel channel;
  private final Framing framing;
  private final boolean closeAfter;
  private final @Nullable Shredder shredder;
  private final @Nullable Compression compression;
  private boolean begun;

  /// @param closeAfter the connection ends with the response
  Reply(
      Channel channel,
      Framing framing,
      boolean closeAfter,
      boolean gzip,
      OptionalLong shredderSeed) {
    this.channel = channel;
    this.framing = framing;
    this.closeAfter = closeAfter || framing == Framing.CLOSE;
    this.compression = gzip ? new Compression() : null;
    this.shredder = shredderSeed.isPresent() ? new Shredder(shredderSeed.getAsLong()) : null;
  }

  boolean begun() {
    return begun;
  }

  Framing framing() {
    return framing;
  }

  /// Sends the head.
  ///
  /// @param length of the body; used if the framing is [Framing#LENGTH]
  void begin(int status, HttpHeaders headers, long length) {
    begun = true;
    HttpResponse head =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headers);
    switch (framing) {
      case CHUNKED -> headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      case LENGTH -> headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
      case CLOSE -> {}
    }
    if (compression != null) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
    }
    if (closeAfter) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    var _ = channel.write(head);
  }

  /// A whole response with a body of known length.
  void whole(int status, HttpHeaders headers, CharSequence body) {
    ByteBuf bytes = encode(body);
    if (compression != null) {
      bytes = Unpooled.wrappedBuffer(compression.pass(bytes), compression.rest());
    }
    begin(status, headers, bytes.readableBytes());
    send(bytes);
    finish();
  }

  void write(CharSequence text) {
    ByteBuf bytes = encode(text);
    send(compression == null ? bytes : compression.pass(bytes));
  }

  void end() {
    if (compression != null) {
      send(compression.rest());
    }
    finish();
  }

  void flush() {
    channel.flush();
  }

  /// Breaks the connection off where it is.
  ///
  /// @param reset with RST; what the client has not read yet may be lost to it
  void cut(boolean reset) {
    if (shredder != null) {
      var _ = channel.writeAndFlush(new DefaultHttpContent(shredder.rest()));
    }
    channel.flush();
    if (reset) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    var _ = channel.close();
  }

  /// Lets go of what was not sent; the connection is gone.
  void discard() {
    if (shredder != null) {
      shredder.rest().release();
    }
  }

  private void finish() {
    if (shredder != null) {
      var _ = channel.write(new DefaultHttpContent(shredder.rest()));
    }
    var written = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    if (closeAfter) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void send(ByteBuf bytes) {
    if (!bytes.isReadable()) {
      bytes.release();
    } else if (shredder == null) {
      var _ = channel.write(new DefaultHttpContent(bytes));
    } else {
      for (ByteBuf piece : shredder.pass(bytes)) {
        var _ = channel.writeAndFlush(new DefaultHttpContent(piece));
      }
    }
  }

  private ByteBuf encode(CharSequence text) {
    return ByteBufUtil.encodeString(channel.alloc(), CharBuffer.wrap(text), StandardCharsets.UTF_8);
  }

  /// gzip that gives out all it was given after each write, as a server that streams must.
  private static final class Compression {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final GZIPOutputStream gzip;

    Compression() {
      try {
        gzip = new GZIPOutputStream(out, 512, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    ByteBuf pass(ByteBuf bytes) {
      try {
        bytes.readBytes(gzip, bytes.readableBytes());
        gzip.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        bytes.release();
      }
      return drain();
    }

    ByteBuf rest() {
      try {
        gzip.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return drain();
    }

    private ByteBuf drain() {
      ByteBuf drained = Unpooled.wrappedBuffer(out.toByteArray());
      out.reset();
      return drained;
    }
  }
}
