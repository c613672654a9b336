package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// An answer over HTTP/2: header and data frames of one stream.
///
/// The latest piece of the body waits until more is sent, or until the flush, so that the end of
/// the stream travels with it and needs no frame of its own.
final class Http2Reply extends Reply {
  private final Http2Carrier stream;
  private @Nullable Http2Headers head;
  private @Nullable ByteBuf latest;

  /// @param headOnly whether the caller asked for the head only
  Http2Reply(Http2Carrier stream, boolean headOnly) {
    super(headOnly);
    this.stream = stream;
  }

  @Override
  public Ending streamEnding() {
    return Ending.FRAMES;
  }

  @Override
  void head(HeadLines lines, String ownLines, long length) {
    ByteBuf out = stream.alloc().heapBuffer(1024);
    try {
      lines.copyTo(out);
      ByteBufUtil.writeAscii(out, ownLines);
      head = headers(ByteBufUtil.getBytes(out));
    } finally {
      out.release();
    }
    if (ending() == Ending.LENGTH) {
      head.addLong("content-length", length);
    }
  }

  /// Reads `HTTP/1.1 200 OK CRLF` and lines of `name: value CRLF`, which were checked when they
  /// were received or are the gateway's own.
  static Http2Headers headers(byte[] lines) {
    Http2Headers headers = new DefaultHttp2Headers(false, 16);
    headers.status(new AsciiString(lines, "HTTP/1.1 ".length(), 3, false));
    int from = lineTo(lines, 0);
    while (from < lines.length) {
      int to = lineTo(lines, from);
      int colon = from;
      while (lines[colon] != ':') {
        colon++;
      }
      AsciiString name = new AsciiString(lines, from, colon - from, false).toLowerCase();
      AsciiString value = new AsciiString(lines, colon + 1, to - 2 - colon - 1, false).trim();
      headers.add(name, value);
      from = to;
    }
    return headers;
  }

  private static int lineTo(byte[] lines, int from) {
    int at = from;
    while (lines[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  @Override
  public void raw(ByteBuf bytes) {
    payload(bytes);
  }

  @Override
  public void payload(ByteBuf bytes) {
    if (headOnly() || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    write(false);
    latest = bytes;
  }

  /// Nothing: the end of the stream is told when the request is answered.
  @Override
  public void end() {}

  /// Sends what waits, and the end of the stream.
  void endStream() {
    if (latest == null && head == null) {
      latest = Unpooled.EMPTY_BUFFER;
    }
    write(true);
    stream.flush();
  }

  @Override
  public void flush() {
    write(false);
    stream.flush();
  }

  private void write(boolean endStream) {
    if (head != null) {
      stream.write(head, endStream && latest == null);
      head = null;
    }
    if (latest != null) {
      ByteBuf bytes = latest;
      latest = null;
      stream.write(bytes, endStream);
    }
  }

  @Override
  public boolean writable() {
    return stream.writable();
  }

  /// Nothing: other streams of the connection are not concerned.
  @Override
  void closeBehind() {}

  /// Drops what waits: the stream is gone.
  void drop() {
    if (latest != null) {
      latest.release();
      latest = null;
    }
  }
}
