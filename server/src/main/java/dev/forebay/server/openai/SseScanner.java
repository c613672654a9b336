package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// Takes a stream of server-sent events apart as its bytes arrive, in whatever pieces.
///
/// Lines end with LF, CRLF or CR; an empty line ends an event; a byte order mark may begin the
/// stream. A line that cannot be one of such a stream is rubbish: it begins with something other
/// than a letter or a colon, or is of no known field before any data came. Bounded state, no
/// allocation. Not safe for several threads.
///
/// @see <a
///   href="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream">
///   HTML, 9.2.5: parsing an event stream</a>
final class SseScanner {
  /// Told of the stream's parts in order.
  interface Sink {
    /// A piece of the data of the event under way, never empty.
    void data(byte[] bytes, int from, int to);

    /// A line of data ended, empty or not.
    void dataLine();

    /// An empty line ended an event, or what had none of its fields.
    ///
    /// @param fields whether any field came since the last such line
    void event(boolean fields);

    void comment();

    void rubbish();
  }

  private static final byte[] DATA = "data:".getBytes(US_ASCII);
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  // field names as a number, their letters highest first
  private static final long DATA_NAME = pack("data");
  private static final long EVENT_NAME = pack("event");
  private static final long ID_NAME = pack("id");
  private static final long RETRY_NAME = pack("retry");
  private static final long ERROR_VALUE = pack("error");
  private static final int PACKED_BYTES = 8;

  private enum State {
    MARK,
    LINE_START,
    NAME,
    DATA_START,
    DATA,
    EVENT_START,
    EVENT,
    COMMENT,
    PASS_OVER
  }

  private final Sink sink;
  private State state = State.MARK;
  private int markBytes;
  private boolean afterCr;
  private boolean fields;
  private boolean anyData;
  // a field's name or the event's, as far as it was read; 0 if it is too long to be known
  private long packed;
  private int packedBytes;
  private boolean errorEvent;

  SseScanner(Sink sink) {
    this.sink = sink;
  }

  private static long pack(String name) {
    long packed = 0;
    for (int i = 0; i < name.length(); i++) {
      packed = packed << 8 | name.charAt(i);
    }
    return packed;
  }

  /// Whether the last byte ended an event, a comment or nothing at all: the next one begins anew.
  boolean betweenEvents() {
    return !fields && (state == State.LINE_START || (state == State.MARK && markBytes == 0));
  }

  /// Whether the event under way is named `error`.
  boolean errorEvent() {
    return errorEvent;
  }

  /// Reads on through the bytes [from, to).
  void scan(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      switch (state) {
        case LINE_START -> at = lineStart(bytes, at, to);
        case DATA_START -> {
          state = State.DATA;
          at += bytes[at] == ' ' ? 1 : 0;
        }
        case EVENT_START -> {
          state = State.EVENT;
          at += bytes[at] == ' ' ? 1 : 0;
        }
        case DATA -> {
          int end = Swar.indexOf(bytes, at, to, '\n', '\r');
          if (end > at) {
            anyData = true;
            sink.data(bytes, at, end);
          }
          at = end;
          if (end < to) {
            at = lineEnd(bytes[end], end);
            sink.dataLine();
          }
        }
        case EVENT -> {
          int end = Swar.indexOf(bytes, at, to, '\n', '\r');
          pack(bytes, at, end);
          at = end;
          if (end < to) {
            errorEvent = packed == ERROR_VALUE;
            at = lineEnd(bytes[end], end);
          }
        }
        case COMMENT, PASS_OVER -> {
          int end = Swar.indexOf(bytes, at, to, '\n', '\r');
          at = end;
          if (end < to) {
            boolean comment = state == State.COMMENT;
            at = lineEnd(bytes[end], end);
            if (comment) {
              sink.comment();
            }
          }
        }
        case NAME -> at = name(bytes, at, to);
        case MARK -> at = mark(bytes, at);
      }
    }
  }

  private int lineEnd(byte end, int at) {
    afterCr = end == '\r';
    state = State.LINE_START;
    return at + 1;
  }

  private int lineStart(byte[] bytes, int at, int to) {
    byte b = bytes[at];
    if (b == '\n' && afterCr) {
      afterCr = false;
      return at + 1;
    }
    afterCr = false;
    if (b == 'd' && to - at >= DATA.length && isData(bytes, at)) {
      fields = true;
      state = State.DATA_START;
      return at + DATA.length;
    }
    if (b == '\n' || b == '\r') {
      boolean event = fields;
      fields = false;
      sink.event(event);
      errorEvent = false;
      return lineEnd(b, at);
    }
    if (b == ':') {
      state = State.COMMENT;
      return at + 1;
    }
    int letter = (b | 0x20) - 'a';
    if (letter < 0 || letter >= 26) {
      rubbish();
      return at;
    }
    packed = 0;
    packedBytes = 0;
    state = State.NAME;
    return at;
  }

  private static boolean isData(byte[] bytes, int at) {
    return bytes[at + 1] == 'a'
        && bytes[at + 2] == 't'
        && bytes[at + 3] == 'a'
        && bytes[at + 4] == ':';
  }

  private void rubbish() {
    fields = true;
    state = State.PASS_OVER;
    sink.rubbish();
  }

  private int name(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      byte b = bytes[at];
      if (b == ':') {
        field(true);
        return at + 1;
      }
      if (b == '\n' || b == '\r') {
        // a name alone is a field with an empty value
        field(false);
        return at;
      }
      pack(b);
      at++;
    }
    return at;
  }

  private void field(boolean value) {
    fields = true;
    if (packed == DATA_NAME) {
      state = value ? State.DATA_START : State.DATA;
    } else if (packed == EVENT_NAME) {
      packed = 0;
      packedBytes = 0;
      state = value ? State.EVENT_START : State.EVENT;
    } else if (anyData || packed == ID_NAME || packed == RETRY_NAME) {
      state = State.PASS_OVER;
    } else {
      rubbish();
    }
  }

  private void pack(byte[] bytes, int from, int to) {
    for (int i = from; i < to && packedBytes <= PACKED_BYTES; i++) {
      pack(bytes[i]);
    }
  }

  private void pack(byte b) {
    if (packedBytes < PACKED_BYTES) {
      packedBytes++;
      packed = packed << 8 | (b & 0xff);
    } else {
      packedBytes = PACKED_BYTES + 1;
      packed = 0;
    }
  }

  private int mark(byte[] bytes, int at) {
    if (bytes[at] == MARK[markBytes]) {
      markBytes++;
      state = markBytes == MARK.length ? State.LINE_START : State.MARK;
      return at + 1;
    }
    state = State.LINE_START;
    if (markBytes > 0) {
      rubbish();
    }
    return at;
  }
}
