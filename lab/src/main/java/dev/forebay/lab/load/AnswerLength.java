package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;

/// Finds where an answer ends by its content-length, and looks at nothing else but the status.
/// Chunked answers are refused: this is for small ones whose server is the thing measured.
final class AnswerLength {
  private final byte[] head = new byte[8192];
  private int filled;
  private long left;
  private int status;

  int status() {
    return status;
  }

  /// Reads on.
  ///
  /// @return whether the answer is complete; what follows it in `in` is dropped
  boolean read(ByteBuf in) {
    if (left == 0 && !head(in)) {
      return false;
    }
    long n = Math.min(left, in.readableBytes());
    in.skipBytes((int) n);
    left -= n;
    return left == 0;
  }

  // whether the head is complete
  private boolean head(ByteBuf in) {
    int start = filled;
    int n = Math.min(head.length - filled, in.readableBytes());
    in.getBytes(in.readerIndex(), head, filled, n);
    filled += n;
    int end = blankLine(Math.max(0, start - 3));
    if (end < 0) {
      if (filled == head.length) {
        throw new IllegalStateException("head longer than " + head.length + " bytes");
      }
      in.skipBytes(n);
      return false;
    }
    in.skipBytes(end - start);
    status = (head[9] - '0') * 100 + (head[10] - '0') * 10 + (head[11] - '0');
    left = contentLength(end);
    filled = 0;
    return true;
  }

  private int blankLine(int from) {
    for (int i = from + 3; i < filled; i++) {
      if (head[i] == '\n' && head[i - 1] == '\r' && head[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private long contentLength(int end) {
    for (int i = 1; i < end - 16; i++) {
      if (head[i - 1] == '\n' && (head[i] | 32) == 'c' && isContentLength(i)) {
        long length = 0;
        for (int at = i + 15; at < end && head[at] != '\r'; at++) {
          if (head[at] != ' ') {
            length = length * 10 + head[at] - '0';
          }
        }
        return length;
      }
    }
    throw new IllegalStateException("an answer without content-length");
  }

  private boolean isContentLength(int from) {
    var name = "content-length:";
    for (int i = 0; i < name.length(); i++) {
      int b = head[from + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
