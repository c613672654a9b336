package dev.forebay.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// An answer of a status below 300 whose body may still be on its way: a stream that has its first
/// content, or a whole plain answer. For who reads bytes; see [ForebayClient#stream] for events.
///
/// To be closed. Closing it before the end closes the connection, by which a server learns to stop.
public final class OpenResponse implements AutoCloseable {
  private final int status;
  private final Headers headers;
  private final int attempts;
  private final InputStream body;

  OpenResponse(int status, Headers headers, int attempts, byte[] whole) {
    this(status, headers, attempts, new ByteArrayInputStream(whole));
  }

  OpenResponse(int status, Headers headers, int attempts, HeldStream stream) {
    this(status, headers, attempts, new StreamBytes(stream));
  }

  private OpenResponse(int status, Headers headers, int attempts, InputStream body) {
    this.status = status;
    this.headers = headers;
    this.attempts = attempts;
    this.body = body;
  }

  public int status() {
    return status;
  }

  public Headers headers() {
    return headers;
  }

  /// Tries it took.
  public int attempts() {
    return attempts;
  }

  /// The body; reading waits for what is not there yet. One thread at a time.
  public InputStream body() {
    return body;
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing never fails", e);
    }
  }

  private static final class StreamBytes extends InputStream {
    private final HeldStream stream;
    private byte[] piece = new byte[0];
    private int at;
    private boolean ended;

    StreamBytes(HeldStream stream) {
      this.stream = stream;
    }

    @Override
    public int read() throws IOException {
      return fill() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int bytes = Math.min(length, piece.length - at);
      System.arraycopy(piece, at, into, from, bytes);
      at += bytes;
      return bytes;
    }

    @Override
    public int available() {
      return piece.length - at;
    }

    private boolean fill() throws IOException {
      if (at < piece.length) {
        return true;
      }
      if (ended) {
        return false;
      }
      byte @Nullable [] next = stream.take();
      ended = next == null;
      piece = next == null ? new byte[0] : next;
      at = 0;
      return !ended;
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
