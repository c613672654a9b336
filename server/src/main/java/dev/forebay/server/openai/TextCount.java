package dev.forebay.server.openai;

/// Counts the characters of JSON strings by their bytes, without decoding them: eight at a time,
/// but for escapes. Strings may come in pieces. Not safe for several threads.
final class TextCount {
  private int ascii;
  private int other;

  // of an escape under way: its bytes so far, backslash included, and its code as far as it is told
  private int escapeBytes;
  private int code;

  /// Characters below U+0080.
  int ascii() {
    return ascii;
  }

  /// All other characters; a surrogate pair is one.
  int other() {
    return other;
  }

  /// Makes ready for the next string.
  void begin() {
    escapeBytes = 0;
  }

  /// Counts on until the string's closing quote.
  ///
  /// @return whether that was found in [from, to)
  boolean count(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (escapeBytes > 0) {
        escaped(bytes[at++]);
        continue;
      }
      int end = Swar.indexOf(bytes, at, to, '"', '\\');
      plain(bytes, at, end);
      if (end < to && bytes[end] == '"') {
        return true;
      }
      escapeBytes = end < to ? 1 : 0;
      at = end + 1;
    }
    return false;
  }

  private void plain(byte[] bytes, int from, int to) {
    int high = 0;
    int continued = 0;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      long word = Swar.word(bytes, at);
      high += Long.bitCount(word & Swar.HIGHS);
      // bytes that begin with 10 continue a character
      continued += Long.bitCount(word & ~(word << 1) & Swar.HIGHS);
    }
    for (; at < to; at++) {
      high += bytes[at] < 0 ? 1 : 0;
      continued += (bytes[at] & 0xc0) == 0x80 ? 1 : 0;
    }
    ascii += to - from - high;
    other += high - continued;
  }

  // \n and its like, or \\u and four digits
  private void escaped(byte b) {
    if (escapeBytes == 1 && b != 'u') {
      ascii++;
      escapeBytes = 0;
      return;
    }
    code = escapeBytes == 1 ? 0 : code << 4 | Math.max(0, Character.digit(b, 16));
    if (++escapeBytes == 6) {
      escapeBytes = 0;
      if (code < 0x80) {
        ascii++;
      } else if ((code & 0xfc00) != 0xdc00) {
        other++;
      }
    }
  }
}
