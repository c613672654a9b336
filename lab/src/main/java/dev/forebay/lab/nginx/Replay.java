package dev.forebay.lab.nginx;

import dev.forebay.fleet.Gcra;
import dev.forebay.fleet.Rate;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Asks nginx at the moments of a trace, and Forebay's limit at the same moments.
///
/// nginx tells in a header by which moment it decided, so a slow machine does no harm. It is told
/// in milliseconds of another clock than the one that nginx counts with, and both are cut to whole
/// ones. So the limit is computed twice, for the earliest and the latest moment that it can have
/// been, with the state that is worst and the one that is best for the caller. Where both say the
/// same, nginx must say so too; elsewhere nobody can tell, and what nginx said is taken on.
final class Replay {
  /// How far the moment told may be from the one that counted.
  private static final long DOUBT = TimeUnit.MILLISECONDS.toNanos(2);

  private final Trace trace;
  private final Gcra gcra;
  private long best;
  private long worst;

  Replay(Trace trace) {
    this.trace = trace;
    this.gcra = new Gcra(new Rate(trace.perSecond(), Rate.Per.SECOND), trace.burst() + 1L);
  }

  /// What came of a trace.
  ///
  /// @param decided requests
  /// @param passed of those, by nginx
  /// @param open too near the threshold to tell
  /// @param differ decided otherwise by nginx than by Forebay
  record Result(int decided, int passed, int open, int differ) {
    static final Result NONE = new Result(0, 0, 0, 0);

    Result plus(Result other) {
      return new Result(
          decided + other.decided, passed + other.passed, open + other.open, differ + other.differ);
    }
  }

  Result run(Nginx nginx, int location) throws IOException {
    byte[] request =
        ("GET /" + location + " HTTP/1.1\r\nhost: forebay\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    var result = Result.NONE;
    try (Socket socket = nginx.connect()) {
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      long start = System.nanoTime();
      for (double millis : trace.arrivals()) {
        long due = start + (long) (millis * 1e6);
        while (due - System.nanoTime() > 0) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        out.write(request);
        Answer answer = Answer.read(in);
        if (result.decided() == 0) {
          best = answer.nanos() - 2 * DOUBT;
          worst = best;
        }
        result = result.plus(judge(answer.nanos(), answer.status() == 200));
      }
    }
    return result;
  }

  private Result judge(long at, boolean passed) {
    long earliest = at - DOUBT;
    long latest = at + DOUBT;
    long cost = gcra.cost(1);
    boolean surely = gcra.wait(worst, earliest, cost) == 0;
    boolean possibly = gcra.wait(best, latest, cost) == 0;
    if (passed) {
      best = Gcra.take(best, earliest, cost);
      worst = Gcra.take(worst, latest, cost);
    }
    boolean open = surely != possibly;
    boolean differs = !open && surely != passed;
    return new Result(1, passed ? 1 : 0, open ? 1 : 0, differs ? 1 : 0);
  }

  /// @param nanos when it was decided, by nginx's clock
  private record Answer(int status, long nanos) {

    static Answer read(InputStream in) throws IOException {
      int status = Integer.parseInt(line(in).split(" ", 3)[1]);
      long body = 0;
      long nanos = 0;
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        String[] field = line.split(": ", 2);
        switch (field[0].toLowerCase(Locale.ROOT)) {
          case "content-length" -> body = Long.parseLong(field[1]);
          // Seconds with three digits behind the point.
          case "x-msec" -> nanos = new BigDecimal(field[1]).movePointRight(9).longValueExact();
          default -> {}
        }
      }
      in.skipNBytes(body);
      return new Answer(status, nanos);
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("nginx closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
