package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;
import java.io.IOException;

/// Reads HTTP/1.1 responses from bytes that come in any pieces: by content-length, chunked, or to
/// the end of the connection.
///
/// For one connection, which is for one thread; allocates nothing per response.
final class ResponseReader {
  /// Told what was read, in order.
  interface Sink {
    void status(int code);

    void header(HeaderLine line);

    /// `length` bytes of body from index `start`, theirs only during the call.
    void body(ByteBuf bytes, int start, int length);

    void end();
  }

  private enum State {
    STATUS,
    HEADERS,
    FIXED,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    TO_CLOSE
  }

  private final Sink sink;
  private final HeaderLine line = new HeaderLine();
  private State state = State.STATUS;
  private int status;
  private long left;
  private long contentLength;
  private boolean chunked;
  private boolean keepAlive;

  ResponseReader(Sink sink) {
    this.sink = sink;
  }

  /// Whether the connection can carry another call after the response last read.
  boolean keepAlive() {
    return keepAlive && state == State.STATUS;
  }

  /// Reads all of `in`.
  ///
  /// @throws IOException if it is not HTTP/1.1
  void read(ByteBuf in) throws IOException {
    while (in.isReadable()) {
      switch (state) {
        case FIXED, CHUNK, TO_CLOSE -> body(in);
        case STATUS, HEADERS, CHUNK_SIZE, CHUNK_END, TRAILERS -> {
          if (line.readFrom(in)) {
            line();
            line.clear();
          }
        }
      }
    }
  }

  /// The peer has closed.
  ///
  /// @return whether that was how the response was meant to end
  boolean closed() {
    if (state != State.TO_CLOSE) {
      return false;
    }
    end();
    return true;
  }

  private void body(ByteBuf in) {
    int n = state == State.TO_CLOSE ? in.readableBytes() : (int) Math.min(left, in.readableBytes());
    int start = in.readerIndex();
    in.skipBytes(n);
    left -= n;
    sink.body(in, start, n);
    if (left == 0 && state == State.FIXED) {
      end();
    } else if (left == 0 && state == State.CHUNK) {
      state = State.CHUNK_END;
    }
  }

  private void line() throws IOException {
    switch (state) {
      case STATUS -> {
        status = line.statusCode();
        keepAlive = !line.startsWith("HTTP/1.0");
        contentLength = -1;
        chunked = false;
        state = State.HEADERS;
        if (status >= 200) {
          sink.status(status);
        }
      }
      case HEADERS -> {
        if (line.isEmpty()) {
          headersEnd();
        } else {
          header();
        }
      }
      case CHUNK_SIZE -> {
        left = line.hex();
        state = left == 0 ? State.TRAILERS : State.CHUNK;
      }
      case CHUNK_END -> {
        if (!line.isEmpty()) {
          throw new IOException("no line end after a chunk");
        }
        state = State.CHUNK_SIZE;
      }
      case TRAILERS -> {
        if (line.isEmpty()) {
          end();
        }
      }
      case FIXED, CHUNK, TO_CLOSE -> throw new IllegalStateException("no line in " + state);
    }
  }

  private void header() throws IOException {
    if (line.is("content-length")) {
      contentLength = line.number();
    } else if (line.is("transfer-encoding")) {
      chunked = line.valueEndsWith("chunked");
    } else if (line.is("connection")) {
      keepAlive = line.valueEndsWith("keep-alive") || (keepAlive && !line.valueEndsWith("close"));
    }
    if (status >= 200) {
      sink.header(line);
    }
  }

  private void headersEnd() {
    if (status < 200) {
      state = State.STATUS;
    } else if (status == 204 || status == 304 || (!chunked && contentLength == 0)) {
      end();
    } else if (chunked) {
      state = State.CHUNK_SIZE;
    } else if (contentLength > 0) {
      left = contentLength;
      state = State.FIXED;
    } else {
      keepAlive = false;
      state = State.TO_CLOSE;
    }
  }

  private void end() {
    state = State.STATUS;
    sink.end();
  }
}
