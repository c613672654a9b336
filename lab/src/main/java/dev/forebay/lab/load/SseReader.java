package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads server-sent events from bytes cut anywhere; line ends may be LF, CR or CRLF.
///
/// An event without its closing blank line is not an event. For one stream, which is for one
/// thread.
///
/// @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML, 9.2.6</a>
final class SseReader {
  /// Told each event that has data.
  interface Sink {
    /// One event.
    ///
    /// @param named whether an `event: error` line named it an error
    void event(byte[] data, int length, boolean named);
  }

  private static final int LONGEST = 16 << 20;
  private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ERROR = "error".getBytes(StandardCharsets.US_ASCII);

  private final Sink sink;
  private byte[] line = new byte[512];
  private int lineLength;
  private byte[] data = new byte[512];
  private int dataLength;
  private boolean hasData;
  private boolean error;
  private boolean afterReturn;

  SseReader(Sink sink) {
    this.sink = sink;
  }

  /// Forgets what was half read.
  void clear() {
    lineLength = 0;
    dataLength = 0;
    hasData = false;
    error = false;
    afterReturn = false;
  }

  void read(ByteBuf in, int start, int length) {
    for (int i = start; i < start + length; i++) {
      byte b = in.getByte(i);
      if (b == '\n' && afterReturn) {
        afterReturn = false;
        continue;
      }
      afterReturn = b == '\r';
      if (b == '\n' || b == '\r') {
        line();
        lineLength = 0;
      } else {
        line = room(line, lineLength + 1);
        line[lineLength++] = b;
      }
    }
  }

  private void line() {
    if (lineLength == 0) {
      dispatch();
      return;
    }
    int colon = 0;
    while (colon < lineLength && line[colon] != ':') {
      colon++;
    }
    int value = Math.min(colon + 1, lineLength);
    if (value < lineLength && line[value] == ' ') {
      value++;
    }
    if (same(line, 0, colon, DATA)) {
      int n = lineLength - value;
      data = room(data, dataLength + n + 1);
      if (hasData) {
        data[dataLength++] = '\n';
      }
      System.arraycopy(line, value, data, dataLength, n);
      dataLength += n;
      hasData = true;
    } else if (same(line, 0, colon, EVENT)) {
      error = same(line, value, lineLength, ERROR);
    }
    // a line that begins with a colon is a comment; other fields say nothing to us
  }

  private void dispatch() {
    if (hasData) {
      sink.event(data, dataLength, error);
    }
    dataLength = 0;
    hasData = false;
    error = false;
  }

  private static boolean same(byte[] bytes, int from, int to, byte[] word) {
    return Arrays.equals(bytes, from, to, word, 0, word.length);
  }

  private static byte[] room(byte[] bytes, int length) {
    if (length <= bytes.length) {
      return bytes;
    }
    if (length > LONGEST) {
      throw new IllegalStateException("an event is longer than " + LONGEST + " bytes");
    }
    return Arrays.copyOf(bytes, Math.max(bytes.length * 2, length));
  }
}
