package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/// Recognises a document that differs from one that was read before only in the text of its
/// `content`, as nearly every event of a chat stream does from the one before it. Such a document
/// says what the other said, and need not be read again.
///
/// That is sound because the text lies between the same two quotation marks, and has neither a
/// quotation mark nor a backslash in it: all else that a reader could go by is the same byte for
/// byte. Not safe for several threads. Cost: one comparison of the bytes, and one pass over the
/// text.
final class LikeLast {
  private static final byte[] BEFORE_TEXT = "\"content\":\"".getBytes(US_ASCII);
  private static final int LONGEST = 2 * 1024;

  /// An engine that says something new in every event, such as padding, is not worth the trying.
  private static final int MOST_LEARNT = 8;

  private byte[] document = {};
  private int textFrom;
  private int textTo;
  private int learnt;

  /// Whether the bytes [from, to) are such a document, with a text that is not empty.
  boolean is(byte[] bytes, int from, int to) {
    int tail = document.length - textTo;
    int text = from + textFrom;
    int end = to - tail;
    return document.length > 0
        && end > text
        && Arrays.equals(bytes, from, text, document, 0, textFrom)
        && Arrays.equals(bytes, end, to, document, textTo, document.length)
        && Swar.indexOf(bytes, text, end, '"', '\\') == end;
  }

  /// Takes a document that was read, well-formed and whole, as the one to compare with.
  void learn(byte[] bytes, int from, int to) {
    if (learnt == MOST_LEARNT || to - from > LONGEST) {
      return;
    }
    int text = textOf(bytes, from, to);
    if (text < 0) {
      return;
    }
    learnt++;
    document = Arrays.copyOfRange(bytes, from, to);
    textFrom = text - from;
    textTo = Swar.indexOf(document, textFrom, document.length, '"', '\\');
    if (textTo == textFrom || document[textTo] != '"') {
      // An empty text says nothing that another could repeat, and one with an escape does not end
      // at the first mark.
      document = new byte[0];
    }
  }

  private static int textOf(byte[] bytes, int from, int to) {
    for (int at = from; at + BEFORE_TEXT.length < to; at++) {
      at = Swar.indexOf(bytes, at, to, '"', '"');
      int end = at + BEFORE_TEXT.length;
      if (end < to && Arrays.equals(bytes, at, end, BEFORE_TEXT, 0, BEFORE_TEXT.length)) {
        return end;
      }
    }
    return -1;
  }
}
