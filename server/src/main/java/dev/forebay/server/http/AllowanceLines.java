package dev.forebay.server.http;

import dev.forebay.pipeline.Allowance;
import dev.forebay.pipeline.Allowance.Window;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a caller may still ask for, as the header lines that OpenAI's clients read.
final class AllowanceLines {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private AllowanceLines() {}

  /// The lines, each ended by CRLF; none where the caller has no limits of its own.
  static void append(@Nullable Allowance allowance, StringBuilder lines) {
    if (allowance != null) {
      append("requests", allowance.requests(), lines);
      append("tokens", allowance.tokens(), lines);
    }
  }

  private static void append(String what, @Nullable Window window, StringBuilder lines) {
    if (window != null) {
      line("limit", what, lines).append(window.limit()).append("\r\n");
      line("remaining", what, lines).append(window.remaining()).append("\r\n");
      line("reset", what, lines).append(span(window.reset())).append("\r\n");
    }
  }

  private static StringBuilder line(String name, String what, StringBuilder lines) {
    return lines.append("x-ratelimit-").append(name).append('-').append(what).append(": ");
  }

  /// With as many digits behind the point as it needs.
  private static String seconds(long millis) {
    StringBuilder span = new StringBuilder(8).append(millis / SECOND);
    long rest = millis % SECOND;
    if (rest > 0) {
      span.append('.');
      for (long unit = SECOND / 10; rest > 0; unit /= 10) {
        span.append(rest / unit);
        rest %= unit;
      }
    }
    return span.append('s').toString();
  }

  /// A time as OpenAI writes it: `12ms`, `1s`, `8.64s`, `6m0s`, `2h0m5s`; rounded up to a
  /// millisecond, and to a second from a minute on.
  static String span(Duration time) {
    long millis = Math.ceilDiv(time.toNanos(), TimeUnit.MILLISECONDS.toNanos(1));
    if (millis < SECOND) {
      return millis + "ms";
    }
    if (millis < MINUTE) {
      return seconds(millis);
    }
    long whole = Math.ceilDiv(millis, SECOND) * SECOND;
    String minutes = whole % HOUR / MINUTE + "m" + whole % MINUTE / SECOND + "s";
    return whole < HOUR ? minutes : whole / HOUR + "h" + minutes;
  }
}
