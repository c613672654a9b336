package dev.forebay.server.upstream;

/// Which bytes may stand in a header field, and how its names compare.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5">RFC 9110, section 5</a>
final class FieldSyntax {
  // a bit per ASCII character: those of a token (RFC 9110, 5.6.2)
  private static final long TOKEN_LOW = bits("!#$%&'*+-.0123456789", 0);
  private static final long TOKEN_HIGH =
      bits("ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", 64);

  private FieldSyntax() {}

  private static long bits(String characters, int from) {
    long bits = 0;
    for (int i = 0; i < characters.length(); i++) {
      bits |= 1L << (characters.charAt(i) - from);
    }
    return bits;
  }

  /// Whether the byte may stand in a name.
  static boolean isName(byte b) {
    return b >= 0 && (((b < 64 ? TOKEN_LOW : TOKEN_HIGH) >>> b) & 1) != 0;
  }

  /// Whether the byte may stand in a value or a reason phrase: no control character but tab.
  static boolean isValue(byte b) {
    return b < 0 || (b >= ' ' && b != 0x7f) || b == '\t';
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /// Whether these bytes are the name, in whatever case.
  ///
  /// @param lower a name or token in lower case
  static boolean same(byte[] bytes, int from, int to, String lower) {
    if (to - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (lower(bytes[from + i]) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether both ranges hold the same name, in whatever case.
  static boolean same(byte[] bytes, int from, int to, int otherFrom, int otherTo) {
    if (to - from != otherTo - otherFrom) {
      return false;
    }
    for (int i = from, j = otherFrom; i < to; i++, j++) {
      if (lower(bytes[i]) != lower(bytes[j])) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  /// A byte as a reader of an error message can make sense of it.
  static String shown(byte b) {
    return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : String.format("0x%02x", b & 0xff);
  }
}
