package dev.forebay.server.http;

import dev.forebay.pipeline.Progress;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// The header by which callers say when they want their first content at the latest: milliseconds
/// from the arrival of the call, 1 to 9,999,999,999.
final class Deadline {
  private static final AsciiString NAME = AsciiString.cached("x-deadline-ms");
  private static final int MOST_DIGITS = 10;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Deadline() {}

  /// What is wrong with it; null if nothing is, or it is not there.
  static @Nullable String broken(HttpHeaders headers) {
    String told = headers.get(NAME);
    return told == null || millis(told) > 0
        ? null
        : NAME + " must be 1..9999999999 milliseconds, was " + told;
  }

  /// On the clock of `arrivedNanos`; `Progress.NEVER` if it is not there or broken.
  static long of(HttpHeaders headers, long arrivedNanos) {
    String told = headers.get(NAME);
    long millis = told == null ? 0 : millis(told);
    return millis == 0 ? Progress.NEVER : arrivedNanos + millis * NANOS_PER_MILLI;
  }

  /// 0 if it is broken.
  private static long millis(String digits) {
    if (digits.length() > MOST_DIGITS) {
      return 0;
    }
    long millis = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return 0;
      }
      millis = 10 * millis + (digit - '0');
    }
    return millis;
  }
}
