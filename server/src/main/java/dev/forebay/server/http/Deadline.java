package dev.forebay.server.http;

import dev.forebay.pipeline.Progress;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// The header by which callers say when they want their first content at the latest: milliseconds
/// from the arrival of the call, 1 to 10 digits and not 0.
final class Deadline {
  private static final AsciiString NAME = AsciiString.cached("x-deadline-ms");
  private static final int MOST_DIGITS = 10;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Deadline() {}

  /// What is wrong with it; null if nothing is, or it is not there.
  static @Nullable String broken(HttpHeaders headers) {
    String millis = headers.get(NAME);
    return millis == null || isValid(millis)
        ? null
        : NAME + " must be 1..9999999999 milliseconds, was " + millis;
  }

  private static boolean isValid(String millis) {
    return millis.length() <= MOST_DIGITS
        && millis.chars().allMatch(c -> c >= '0' && c <= '9')
        && millis.chars().anyMatch(c -> c != '0');
  }

  /// On the clock of `arrivedNanos`; `Progress.NEVER` if it is not there or broken.
  static long of(HttpHeaders headers, long arrivedNanos) {
    String millis = headers.get(NAME);
    return millis == null || !isValid(millis)
        ? Progress.NEVER
        : arrivedNanos + Long.parseLong(millis) * NANOS_PER_MILLI;
  }
}
