package dev.forebay.server.openai;

import io.netty.buffer.ByteBufUtil;

/// Other bytes for some of a body's, so that the rest need not be encoded anew.
///
/// @param from the first byte that is replaced, counted from the body's start
/// @param to behind the last one; `from` where nothing is replaced
public record Edit(int from, int to, String with) {

  /// The same edit, in a body that has become longer by so many bytes before that place.
  Edit moved(int place, int by) {
    return by == 0 || from < place ? this : new Edit(from + by, to + by, with);
  }

  /// How many bytes are put there, in UTF-8.
  public int length() {
    return ByteBufUtil.utf8Bytes(with);
  }

  /// How many bytes longer the body becomes.
  public int growth() {
    return length() - (to - from);
  }
}
