package dev.forebay.server.openai;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds bytes eight at a time: SIMD within a register.
///
/// @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord">Anderson, Bit
///   Twiddling Hacks: determine if a word has a zero byte</a>
final class Swar {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;

  /// The highest bit of each byte.
  static final long HIGHS = 0x8080808080808080L;

  private Swar() {}

  /// The eight bytes from that index on, the first one lowest.
  static long word(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  /// The first index in [from, to) where either byte stands, or `to`.
  static int indexOf(byte[] bytes, int from, int to, char one, char other) {
    long ones = ONES * one;
    long others = ONES * other;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      long word = word(bytes, at);
      long a = word ^ ones;
      long b = word ^ others;
      // a byte of a or b is zero where it is sought; a false hit lies only above a true one
      long hits = (((a - ONES) & ~a) | ((b - ONES) & ~b)) & HIGHS;
      if (hits != 0) {
        return at + (Long.numberOfTrailingZeros(hits) >>> 3);
      }
    }
    while (at < to && bytes[at] != (byte) one && bytes[at] != (byte) other) {
      at++;
    }
    return at;
  }
}
