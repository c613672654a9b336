package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/// Reads one JSON document as its bytes arrive, in whatever pieces, and tells a visitor of the few
/// values whose members are known; the rest is only checked and passed over.
///
/// It knows whether the document is well-formed so far and whether it is complete. Left to the
/// reader of the document: what an escape means, whether text is UTF-8, whether members repeat.
/// Deeper than 64 levels brackets are only counted. Bounded state, no allocation once warm. Cost:
/// one pass, eight bytes at a time inside strings. Not safe for several threads.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
final class JsonScanner {
  /// Told of values on known paths, in the order of the document.
  interface Visitor {
    /// How many of a string's first bytes to keep; asked when it begins.
    int keep(int path);

    /// A string ended; what was kept of it is `kept()` until the next one begins.
    void string(int path, boolean empty);

    /// A number, cut to what stands before its point and to what a `long` can hold.
    void number(int path, long value);

    /// `true` or `false`; a `null` is as if the member were missing.
    void truth(int path, boolean value);

    /// An object or array began.
    void open(int path, boolean object);
  }

  private static final int MAX_DEPTH = 64;
  private static final int MAX_DEEP = 1 << 20;
  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);
  private static final byte[] NULL = "null".getBytes(US_ASCII);

  private enum State {
    VALUE,
    VALUE_OR_END,
    KEY_OR_END,
    KEY_START,
    KEY,
    KEY_ESCAPE,
    COLON,
    AFTER_VALUE,
    STRING,
    STRING_ESCAPE,
    LITERAL,
    // numbers, by what was read last
    MINUS,
    ZERO,
    DIGITS,
    POINT,
    FRACTION,
    EXPONENT,
    EXPONENT_SIGN,
    EXPONENT_DIGITS,
    // below the depth that is tracked
    DEEP,
    DEEP_STRING,
    DEEP_ESCAPE,
    COMPLETE,
    BROKEN
  }

  private final Visitor visitor;
  private final int[] paths = new int[MAX_DEPTH + 1];
  private long objects;
  private int depth;
  private int deep;
  private State state = State.VALUE;
  private int path;

  private boolean empty;
  private byte[] kept = new byte[32];
  private int keptBytes;
  private int keepBytes;

  // the beginning of a name that is split over two pieces
  private final byte[] key = new byte[Member.MAX_BYTES];
  private int keyBytes;

  private byte[] literal = NULL;
  private int literalBytes;
  private long number;
  private boolean negative;

  JsonScanner(Visitor visitor) {
    this.visitor = visitor;
  }

  /// Makes ready for the next document.
  void reset() {
    state = State.VALUE;
    depth = 0;
    path = 0;
    keptBytes = 0;
  }

  /// Takes a document as read whole, of which its reader knows by other means what it says. To be
  /// used before any of it was read.
  void passOver() {
    state = State.COMPLETE;
  }

  /// Whether all of a document has been read, and nothing but white space behind it.
  boolean complete() {
    return state == State.COMPLETE || (depth == 0 && numberMayEnd());
  }

  /// Whether what was read is not JSON; nothing more is read until `reset`.
  boolean broken() {
    return state == State.BROKEN;
  }

  /// The kept bytes of the last string, escapes as they were sent; valid up to `keptBytes()`.
  byte[] kept() {
    return kept;
  }

  int keptBytes() {
    return keptBytes;
  }

  /// Reads on through the bytes [from, to).
  void scan(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      switch (state) {
        case VALUE, VALUE_OR_END -> at = value(bytes, at);
        case KEY_OR_END, KEY_START -> at = key(bytes, at, to);
        case KEY, KEY_ESCAPE -> at = restOfKey(bytes, at, to);
        case COLON -> {
          byte b = bytes[at++];
          if (b == ':') {
            state = State.VALUE;
          } else if (!isSpace(b)) {
            state = State.BROKEN;
          }
        }
        case AFTER_VALUE -> afterValue(bytes[at++]);
        case STRING, STRING_ESCAPE -> at = string(bytes, at, to);
        case LITERAL -> at = literal(bytes, at, to);
        case MINUS, ZERO, DIGITS, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS ->
            at = number(bytes, at, to);
        case DEEP -> deep(bytes[at++]);
        case DEEP_STRING, DEEP_ESCAPE -> at = deepString(bytes, at, to);
        case COMPLETE -> {
          if (!isSpace(bytes[at++])) {
            state = State.BROKEN;
          }
        }
        case BROKEN -> at = to;
      }
    }
  }

  private int value(byte[] bytes, int at) {
    byte b = bytes[at];
    switch (b) {
      case '"' -> {
        empty = true;
        keptBytes = 0;
        keepBytes = path < 0 ? 0 : visitor.keep(path);
        state = State.STRING;
      }
      case '{' -> open(true);
      case '[' -> open(false);
      case ']' -> {
        if (state == State.VALUE_OR_END) {
          close(false);
        } else {
          state = State.BROKEN;
        }
      }
      case 't' -> beginLiteral(TRUE);
      case 'f' -> beginLiteral(FALSE);
      case 'n' -> beginLiteral(NULL);
      case '-' -> {
        number = 0;
        negative = true;
        state = State.MINUS;
      }
      case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        number = (long) b - '0';
        negative = false;
        state = b == '0' ? State.ZERO : State.DIGITS;
      }
      default -> {
        if (!isSpace(b)) {
          state = State.BROKEN;
        }
      }
    }
    return at + 1;
  }

  private void open(boolean object) {
    if (path >= 0) {
      visitor.open(path, object);
    }
    if (depth == MAX_DEPTH) {
      deep = 1;
      state = State.DEEP;
      return;
    }
    depth++;
    paths[depth] = path;
    long bit = 1L << (depth - 1);
    objects = object ? objects | bit : objects & ~bit;
    state = object ? State.KEY_OR_END : State.VALUE_OR_END;
  }

  private void close(boolean object) {
    if (depth == 0 || inObject() != object) {
      state = State.BROKEN;
      return;
    }
    depth--;
    valueEnded();
  }

  private void valueEnded() {
    state = depth == 0 ? State.COMPLETE : State.AFTER_VALUE;
  }

  private boolean inObject() {
    return ((objects >>> (depth - 1)) & 1) != 0;
  }

  private void afterValue(byte b) {
    switch (b) {
      case ',' -> {
        if (inObject()) {
          state = State.KEY_START;
        } else {
          path = paths[depth];
          state = State.VALUE;
        }
      }
      case '}' -> close(true);
      case ']' -> close(false);
      default -> {
        if (!isSpace(b)) {
          state = State.BROKEN;
        }
      }
    }
  }

  private int key(byte[] bytes, int at, int to) {
    byte b = bytes[at];
    if (b != '"') {
      if (b == '}' && state == State.KEY_OR_END) {
        close(true);
      } else if (!isSpace(b)) {
        state = State.BROKEN;
      }
      return at + 1;
    }
    int from = at + 1;
    int end = Swar.indexOf(bytes, from, to, '"', '\\');
    if (end < to && bytes[end] == '"') {
      path = Member.path(paths[depth], bytes, from, end);
      state = State.COLON;
      return end + 1;
    }
    keyBytes = 0;
    state = State.KEY;
    return from;
  }

  private int restOfKey(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (state == State.KEY_ESCAPE) {
        // no name that is known is written with an escape: make it too long to be one
        keyBytes = Member.MAX_BYTES + 1;
        state = State.KEY;
        at++;
        continue;
      }
      int end = Swar.indexOf(bytes, at, to, '"', '\\');
      keepKey(bytes, at, end);
      if (end == to) {
        return to;
      }
      at = end + 1;
      if (bytes[end] == '"') {
        path =
            keyBytes > Member.MAX_BYTES
                ? Member.ELSEWHERE
                : Member.path(paths[depth], key, 0, keyBytes);
        state = State.COLON;
        return at;
      }
      state = State.KEY_ESCAPE;
    }
    return at;
  }

  private void keepKey(byte[] bytes, int from, int to) {
    if (to - from > Member.MAX_BYTES - keyBytes) {
      keyBytes = Member.MAX_BYTES + 1;
    } else {
      System.arraycopy(bytes, from, key, keyBytes, to - from);
      keyBytes += to - from;
    }
  }

  private int string(byte[] bytes, int from, int to) {
    int at = from;
    if (state == State.STRING_ESCAPE) {
      at++;
      state = State.STRING;
    }
    int end = Swar.indexOf(bytes, at, to, '"', '\\');
    while (end < to && bytes[end] == '\\') {
      empty = false;
      if (end + 1 == to) {
        state = State.STRING_ESCAPE;
        keep(bytes, from, to);
        return to;
      }
      end = Swar.indexOf(bytes, end + 2, to, '"', '\\');
    }
    if (end > from) {
      empty = false;
      keep(bytes, from, end);
    }
    if (end == to) {
      return to;
    }
    valueEnded();
    if (path >= 0) {
      visitor.string(path, empty);
    }
    return end + 1;
  }

  private void keep(byte[] bytes, int from, int to) {
    int more = Math.min(keepBytes - keptBytes, to - from);
    if (more <= 0) {
      return;
    }
    if (keptBytes + more > kept.length) {
      kept = Arrays.copyOf(kept, Math.min(keepBytes, Math.max(2 * kept.length, keptBytes + more)));
    }
    System.arraycopy(bytes, from, kept, keptBytes, more);
    keptBytes += more;
  }

  private void beginLiteral(byte[] which) {
    literal = which;
    literalBytes = 1;
    state = State.LITERAL;
  }

  private int literal(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && literalBytes < literal.length) {
      if (bytes[at++] != literal[literalBytes++]) {
        state = State.BROKEN;
        return at;
      }
    }
    if (literalBytes == literal.length) {
      valueEnded();
      if (path >= 0 && literal[0] != 'n') {
        visitor.truth(path, literal[0] == 't');
      }
    }
    return at;
  }

  private int number(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      byte b = bytes[at];
      State next = afterDigit(b);
      if (next == State.BROKEN) {
        if (!numberMayEnd()) {
          state = State.BROKEN;
          return at;
        }
        valueEnded();
        if (path >= 0) {
          visitor.number(path, negative ? -number : number);
        }
        return at;
      }
      if (next == State.DIGITS) {
        number = number >= Long.MAX_VALUE / 10 ? Long.MAX_VALUE : number * 10 + b - '0';
      }
      state = next;
      at++;
    }
    return at;
  }

  // what the number goes on with, or BROKEN if this byte is no part of it
  private State afterDigit(byte b) {
    boolean digit = b >= '0' && b <= '9';
    boolean e = (b | 0x20) == 'e';
    return switch (state) {
      case MINUS -> digit ? (b == '0' ? State.ZERO : State.DIGITS) : State.BROKEN;
      case ZERO -> b == '.' ? State.POINT : e ? State.EXPONENT : State.BROKEN;
      case DIGITS ->
          digit ? State.DIGITS : b == '.' ? State.POINT : e ? State.EXPONENT : State.BROKEN;
      case POINT -> digit ? State.FRACTION : State.BROKEN;
      case FRACTION -> digit ? State.FRACTION : e ? State.EXPONENT : State.BROKEN;
      case EXPONENT ->
          digit ? State.EXPONENT_DIGITS : b == '+' || b == '-' ? State.EXPONENT_SIGN : State.BROKEN;
      case EXPONENT_SIGN, EXPONENT_DIGITS -> digit ? State.EXPONENT_DIGITS : State.BROKEN;
      default -> State.BROKEN;
    };
  }

  private boolean numberMayEnd() {
    return switch (state) {
      case ZERO, DIGITS, FRACTION, EXPONENT_DIGITS -> true;
      default -> false;
    };
  }

  private void deep(byte b) {
    switch (b) {
      case '"' -> state = State.DEEP_STRING;
      case '{', '[' -> {
        if (++deep > MAX_DEEP) {
          state = State.BROKEN;
        }
      }
      case '}', ']' -> {
        if (--deep == 0) {
          valueEnded();
        }
      }
      default -> {}
    }
  }

  private int deepString(byte[] bytes, int from, int to) {
    if (state == State.DEEP_ESCAPE) {
      state = State.DEEP_STRING;
      return from + 1;
    }
    int end = Swar.indexOf(bytes, from, to, '"', '\\');
    if (end == to) {
      return to;
    }
    state = bytes[end] == '"' ? State.DEEP : State.DEEP_ESCAPE;
    return end + 1;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
