package dev.forebay.server.openai;

import java.io.Writer;

/// Counts the characters written to it, and keeps none.
final class TextCount extends Writer {
  private int ascii;
  private int other;

  /// Characters below U+0080.
  int ascii() {
    return ascii;
  }

  /// All other characters; a surrogate pair is one.
  int other() {
    return other;
  }

  @Override
  public void write(char[] chars, int from, int length) {
    int low = 0;
    int trailing = 0;
    for (int i = from; i < from + length; i++) {
      char c = chars[i];
      low += c < 0x80 ? 1 : 0;
      trailing += (c & 0xfc00) == 0xdc00 ? 1 : 0;
    }
    ascii += low;
    other += length - low - trailing;
  }

  @Override
  public void write(String text, int from, int length) {
    write(text.toCharArray(), from, length);
  }

  /// Counts a character as UTF-8 begins it; the bytes that continue one count nothing.
  void utf8(byte b) {
    if (b >= 0) {
      ascii++;
    } else if ((b & 0xc0) == 0xc0) {
      other++;
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
