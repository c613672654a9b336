package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One line of a response head, gathered from pieces and looked at in place.
final class HeaderLine {
  private static final int LONGEST = 64 * 1024;

  private byte[] bytes = new byte[256];
  private int length;
  private int colon;

  /// Takes bytes up to and including a line feed.
  ///
  /// @return whether the line is complete; it then has no line end
  boolean readFrom(ByteBuf in) throws IOException {
    int start = in.readerIndex();
    int feed = in.indexOf(start, in.writerIndex(), (byte) '\n');
    int n = (feed < 0 ? in.writerIndex() : feed) - start;
    if (length + n > LONGEST) {
      throw new IOException("a line of the head is longer than " + LONGEST + " bytes");
    }
    if (length + n > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + n));
    }
    in.readBytes(bytes, length, n);
    length += n;
    if (feed < 0) {
      return false;
    }
    in.skipBytes(1);
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    colon = 0;
    while (colon < length && bytes[colon] != ':') {
      colon++;
    }
    return true;
  }

  void clear() {
    length = 0;
  }

  boolean isEmpty() {
    return length == 0;
  }

  /// Whether this is the header of that (lower-case) name.
  boolean is(String name) {
    return colon == name.length() && colon < length && matches(name, 0);
  }

  boolean startsWith(String text) {
    return length >= text.length()
        && new String(bytes, 0, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }

  /// Whether the value ends in that (lower-case) word.
  boolean valueEndsWith(String word) {
    int end = valueEnd();
    return end - word.length() > colon && matches(word, end - word.length());
  }

  String value() {
    int start = valueStart();
    return new String(bytes, start, Math.max(0, valueEnd() - start), StandardCharsets.ISO_8859_1);
  }

  long number() throws IOException {
    long number = 0;
    int end = valueEnd();
    if (end <= valueStart() || end - valueStart() > 18) {
      throw new IOException("not a number: " + value());
    }
    for (int i = valueStart(); i < end; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        throw new IOException("not a number: " + value());
      }
      number = number * 10 + bytes[i] - '0';
    }
    return number;
  }

  /// The hexadecimal number that the line begins with: the size of a chunk.
  long hex() throws IOException {
    long number = 0;
    int i = 0;
    for (; i < length && i < 15; i++) {
      int digit = Character.digit(bytes[i], 16);
      if (digit < 0) {
        break;
      }
      number = number * 16 + digit;
    }
    if (i == 0 || (i < length && bytes[i] != ';' && bytes[i] != ' ' && bytes[i] != '\t')) {
      throw new IOException("not the size of a chunk");
    }
    return number;
  }

  int statusCode() throws IOException {
    if (!startsWith("HTTP/1.") || length < 12 || bytes[8] != ' ') {
      throw new IOException("not an HTTP/1.1 response");
    }
    int code = 0;
    for (int i = 9; i < 12; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        throw new IOException("not a status code");
      }
      code = code * 10 + bytes[i] - '0';
    }
    return code;
  }

  private boolean matches(String lower, int from) {
    for (int i = 0; i < lower.length(); i++) {
      int b = bytes[from + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int valueStart() {
    int start = Math.min(colon + 1, length);
    while (start < length && (bytes[start] == ' ' || bytes[start] == '\t')) {
      start++;
    }
    return start;
  }

  private int valueEnd() {
    int end = length;
    while (end > 0 && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
      end--;
    }
    return end;
  }
}
