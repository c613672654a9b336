package dev.forebay.server.upstream;

import io.netty.buffer.ByteBuf;

/// Walks over a response's body as it arrives: which bytes are payload, where chunks meet and where
/// the message ends. It changes and copies nothing, so what was received can be forwarded as it is.
///
/// One for each response under way; `start` makes it fit for the next one. Allocates nothing. Cost:
/// constant for each chunk and each run, not for each byte of payload. Not safe for several
/// threads.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, section 7.1</a>
public final class BodyWalker {
  /// Told of the body's parts in the order of their bytes.
  public interface Payload {
    /// A run of payload, without any framing; never empty.
    void payload(ByteBuf in, int from, int to);

    /// All before this index is whole: a chunk with its line end, or for bodies that are not
    /// chunked a run. The last, empty chunk is not announced; it ends the body.
    void boundary(int index);
  }

  private static final int MAX_SIZE_DIGITS = 16;
  private static final int MAX_EXTENSION_BYTES = 256;
  private static final int MAX_TRAILER_BYTES = 8 * 1024;

  private enum State {
    /// At a place where a chunk begins.
    SIZE_START,
    SIZE,
    /// Blanks behind the size; a semicolon or the line's end must follow.
    SIZE_PAD,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
    /// Payload up to a known length.
    LENGTH,
    /// Payload up to the connection's end.
    UNBOUNDED,
    FINISHED
  }

  private State state = State.FINISHED;
  private long remaining;
  private int digits;
  private int lineBytes;
  private boolean trailers;

  /// Begins a body.
  ///
  /// @param length its bytes, for `LENGTH`
  public void start(Framing framing, long length) {
    trailers = false;
    remaining = length;
    state =
        switch (framing) {
          case NONE -> State.FINISHED;
          case LENGTH -> length == 0 ? State.FINISHED : State.LENGTH;
          case CHUNKED -> State.SIZE_START;
          case CLOSE -> State.UNBOUNDED;
        };
  }

  /// Walks over the bytes [from, to) of the buffer, whose indices stay as they are.
  ///
  /// @return the index behind the last byte that belongs to this body: `to`, unless it ended before
  public int walk(ByteBuf in, int from, int to, Payload sink) throws BadResponse {
    int at = from;
    while (at < to) {
      switch (state) {
        case DATA, LENGTH -> {
          int end = at + (int) Math.min(remaining, to - at);
          remaining -= end - at;
          boolean chunk = state == State.DATA;
          if (remaining == 0) {
            state = chunk ? State.DATA_CR : State.FINISHED;
          }
          sink.payload(in, at, end);
          if (!chunk) {
            sink.boundary(end);
          }
          at = end;
        }
        case UNBOUNDED -> {
          sink.payload(in, at, to);
          sink.boundary(to);
          at = to;
        }
        case DATA_LF -> {
          expect(in.getByte(at++), '\n', "chunk must be followed by CRLF");
          state = State.SIZE_START;
          sink.boundary(at);
        }
        case FINISHED -> {
          return at;
        }
        default -> line(in.getByte(at++));
      }
    }
    return at;
  }

  private void line(byte b) throws BadResponse {
    switch (state) {
      case SIZE_START -> {
        remaining = digit(b);
        if (remaining < 0) {
          throw new BadResponse("chunk size must be hexadecimal, has " + FieldSyntax.shown(b));
        }
        digits = 1;
        lineBytes = 0;
        state = State.SIZE;
      }
      case SIZE -> {
        int digit = digit(b);
        if (digit < 0) {
          behindSize(b);
        } else if (++digits > MAX_SIZE_DIGITS || remaining >>> 59 != 0) {
          throw new BadResponse("chunk size is too large");
        } else {
          remaining = remaining << 4 | digit;
        }
      }
      case SIZE_PAD -> behindSize(b);
      case EXTENSION -> {
        if (b == '\r') {
          state = State.SIZE_LF;
        } else {
          countExtension(b);
        }
      }
      case SIZE_LF -> {
        expect(b, '\n', "chunk size must end with CRLF");
        lineBytes = 0;
        state = remaining == 0 ? State.TRAILER_START : State.DATA;
      }
      case DATA_CR -> {
        expect(b, '\r', "chunk must be followed by CRLF");
        state = State.DATA_LF;
      }
      case TRAILER_START -> {
        if (b == '\r') {
          state = State.LAST_LF;
        } else {
          countTrailer();
          if (!FieldSyntax.isName(b)) {
            throw new BadResponse("trailer name has byte " + FieldSyntax.shown(b));
          }
          trailers = true;
          state = State.TRAILER_NAME;
        }
      }
      case TRAILER_NAME -> {
        countTrailer();
        if (b == ':') {
          state = State.TRAILER_VALUE;
        } else if (!FieldSyntax.isName(b)) {
          throw new BadResponse("trailer name has byte " + FieldSyntax.shown(b));
        }
      }
      case TRAILER_VALUE -> {
        countTrailer();
        if (b == '\r') {
          state = State.TRAILER_LF;
        } else if (!FieldSyntax.isValue(b)) {
          throw new BadResponse("trailer value has byte " + FieldSyntax.shown(b));
        }
      }
      case TRAILER_LF -> {
        countTrailer();
        expect(b, '\n', "trailer must end with CRLF");
        state = State.TRAILER_START;
      }
      case LAST_LF -> {
        expect(b, '\n', "body must end with CRLF");
        state = State.FINISHED;
      }
      case DATA, DATA_LF, LENGTH, UNBOUNDED, FINISHED -> throw new IllegalStateException();
    }
  }

  private void behindSize(byte b) throws BadResponse {
    switch (b) {
      case '\r' -> state = State.SIZE_LF;
      case ';' -> {
        countExtension(b);
        state = State.EXTENSION;
      }
      case ' ', '\t' -> {
        countExtension(b);
        state = State.SIZE_PAD;
      }
      default ->
          throw new BadResponse("chunk size must be hexadecimal, has " + FieldSyntax.shown(b));
    }
  }

  private void countExtension(byte b) throws BadResponse {
    if ((b < ' ' && b != '\t') || b == 0x7f) {
      throw new BadResponse("chunk extension has byte " + FieldSyntax.shown(b));
    }
    if (++lineBytes > MAX_EXTENSION_BYTES) {
      throw new BadResponse("chunk extension is longer than " + MAX_EXTENSION_BYTES + " bytes");
    }
  }

  private void countTrailer() throws BadResponse {
    if (++lineBytes > MAX_TRAILER_BYTES) {
      throw new BadResponse("trailers are longer than " + MAX_TRAILER_BYTES + " bytes");
    }
  }

  private static void expect(byte b, char wanted, String otherwise) throws BadResponse {
    if (b != wanted) {
      throw new BadResponse(otherwise + ", has " + FieldSyntax.shown(b));
    }
  }

  private static int digit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int letter = (b | 0x20) - 'a';
    return letter >= 0 && letter < 6 ? letter + 10 : -1;
  }

  /// Whether the body's last byte has been walked over; never for one that ends with the
  /// connection.
  public boolean finished() {
    return state == State.FINISHED;
  }

  /// Whether a chunk of the gateway's own could be put here: no chunk is open and the body has not
  /// ended.
  public boolean atBoundary() {
    return switch (state) {
      case SIZE_START, LENGTH, UNBOUNDED -> true;
      default -> false;
    };
  }

  /// Whether fields came behind the last chunk.
  public boolean trailers() {
    return trailers;
  }
}
