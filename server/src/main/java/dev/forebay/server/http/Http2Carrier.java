package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// One stream of a caller's HTTP/2 connection: carries one request. Belongs to its loop.
final class Http2Carrier implements Carrier {
  private final Http2ClientConnection connection;
  private final Http2Stream stream;
  private @Nullable ClientRequest request;
  private @Nullable Http2Reply reply;
  private long answeredNanos;

  Http2Carrier(Http2ClientConnection connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  /// Reads a request whose head has arrived.
  void begin(ClientRequest request) {
    this.request = request;
    request.begin();
  }

  /// Takes over a part of the body, with its reference.
  void part(ByteBuf part, boolean last) {
    if (request != null) {
      request.part(part, last);
    } else {
      taken(part.readableBytes());
      part.release();
    }
  }

  void caughtUp() {
    if (request != null) {
      request.caughtUp();
    }
  }

  /// Looks at the time.
  ///
  /// @param slowReaderNanos how long the caller may leave its whole answer untaken
  void sweep(long now, long slowReaderNanos) {
    if (request != null) {
      request.sweep(now);
    } else if (now - answeredNanos > slowReaderNanos) {
      // Its window has stayed shut: what waits behind it shall not wait for ever.
      connection.reset(stream, Http2Error.CANCEL);
    }
  }

  void cut() {
    if (request != null) {
      request.cut();
    }
  }

  /// The stream is closed, whoever closed it.
  void closed() {
    ClientRequest left = request;
    request = null;
    if (left != null) {
      left.gone();
    }
    if (reply != null) {
      reply.drop();
    }
  }

  // carrying

  @Override
  public InetAddress peer() {
    return connection.peer();
  }

  @Override
  public ShownKey shownKey() {
    return connection.shownKey();
  }

  @Override
  public ByteBufAllocator alloc() {
    return connection.alloc();
  }

  @Override
  public Reply reply(HttpRequest head) {
    reply = new Http2Reply(this, head.method().equals(HttpMethod.HEAD));
    return reply;
  }

  @Override
  public void sendBody() {
    write(new DefaultHttp2Headers(false, 1).status("100"), false);
    flush();
  }

  @Override
  public void flowing(boolean open) {
    // The window does it: it opens only as far as bytes were taken.
  }

  @Override
  public void taken(int bytes) {
    connection.taken(stream, bytes);
  }

  @Override
  public void answered(Reply answered) {
    // Without a request the stream was closed before.
    if (request != null) {
      request = null;
      answeredNanos = connection.now();
      ((Http2Reply) answered).endStream();
    }
  }

  @Override
  public void abort() {
    connection.reset(stream, Http2Error.INTERNAL_ERROR);
  }

  // told by the reply

  void write(Http2Headers headers, boolean endStream) {
    connection.write(stream, headers, endStream);
  }

  void write(ByteBuf data, boolean endStream) {
    connection.write(stream, data, endStream);
  }

  void flush() {
    connection.flushSoon();
  }

  boolean writable() {
    return connection.writable(stream);
  }
}
