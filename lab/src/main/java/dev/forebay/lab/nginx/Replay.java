package dev.forebay.lab.nginx;

import dev.forebay.fleet.Gcra;
import dev.forebay.fleet.Rate;
import dev.forebay.limit.Limit.Requests;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Asks nginx at the moments of a trace, and Forebay's limit at the same moments.
///
/// nginx tells in headers when it answered and for how long it had the request, so by which moment
/// it decided, and a slow machine does no harm. It is told in milliseconds of another clock than
/// the one that nginx counts with, and both are cut to whole ones. So the limit is computed twice,
/// for the earliest and the latest moment that it can have been, with the state that is worst and
/// the one that is best for the caller. Where both say the same, nginx must say so too; elsewhere
/// nobody can tell, and what nginx said is taken on.
///
/// What passes is held by nginx for as long as Forebay would hold it, or a little less; how much
/// longer says something of the machine.
final class Replay {
  /// How far the moment told may be from the one that counted.
  private static final long DOUBT = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long TOLERANCE = TimeUnit.MILLISECONDS.toNanos(5);

  /// Connections beyond those whose requests are held.
  private static final int SPARE = 8;

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
  /// @param held of those, for longer than nothing
  /// @param open too near the threshold to tell, or held longer than the machine should have
  /// @param differ decided otherwise by nginx than by Forebay, or held for less
  record Result(int decided, int passed, int held, int open, int differ) {
    static final Result NONE = new Result(0, 0, 0, 0, 0);

    Result plus(Result other) {
      return new Result(
          decided + other.decided,
          passed + other.passed,
          held + other.held,
          open + other.open,
          differ + other.differ);
    }
  }

  /// Each request has a connection of its own while it is held. They are sent one after the other,
  /// and nginx, one process, takes them in that order.
  Result run(Nginx nginx, int location) throws IOException, InterruptedException {
    byte[] request =
        ("GET /" + location + " HTTP/1.1\r\nhost: forebay\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    BlockingDeque<Socket> idle = new LinkedBlockingDeque<>();
    List<Socket> all = new ArrayList<>();
    try (var reading = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < trace.burst() + SPARE; i++) {
        all.add(nginx.connect());
      }
      idle.addAll(all);
      List<Future<Answer>> answers = new ArrayList<>();
      long start = System.nanoTime();
      for (double millis : trace.arrivals()) {
        long due = start + (long) (millis * 1e6);
        while (due - System.nanoTime() > 0) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        Socket line = idle.takeFirst();
        line.getOutputStream().write(request);
        answers.add(
            reading.submit(() -> {
              Answer answer = Answer.read(new BufferedInputStream(line.getInputStream()));
              idle.addLast(line);
              return answer;
            }));
      }
      return judge(answers);
    } finally {
      for (Socket line : all) {
        line.close();
      }
    }
  }

  private Result judge(List<Future<Answer>> answers) throws IOException, InterruptedException {
    var result = Result.NONE;
    try {
      for (Future<Answer> each : answers) {
        Answer answer = each.get();
        if (result.decided() == 0) {
          best = answer.nanos() - 2 * DOUBT;
          worst = best;
        }
        result = result.plus(judge(answer));
      }
    } catch (ExecutionException e) {
      throw new IOException("nginx did not answer", e);
    }
    return result;
  }

  private Result judge(Answer answer) {
    long earliest = answer.nanos() - DOUBT;
    long latest = answer.nanos() + DOUBT;
    long cost = gcra.cost(1);
    boolean passed = answer.status() == 200;
    boolean surely = gcra.wait(worst, earliest, cost) == 0;
    boolean possibly = gcra.wait(best, latest, cost) == 0;
    boolean open = surely != possibly;
    boolean differs = !open && surely != passed;
    if (passed) {
      best = Gcra.take(best, earliest, cost);
      worst = Gcra.take(worst, latest, cost);
      boolean delays = trace.delay() != Requests.NODELAY;
      long least = delays ? gcra.delay(best, latest, trace.delay()) : 0;
      long most = delays ? gcra.delay(worst, earliest, trace.delay()) : 0;
      differs |= answer.heldNanos() < least - TOLERANCE;
      open |= !differs && answer.heldNanos() > most + TOLERANCE;
    }
    return new Result(
        1, passed ? 1 : 0, passed && answer.heldNanos() > 0 ? 1 : 0, open ? 1 : 0, differs ? 1 : 0);
  }

  /// @param nanos when it was decided, by nginx's clock
  /// @param heldNanos how long it then took to be answered
  private record Answer(int status, long nanos, long heldNanos) {

    static Answer read(InputStream in) throws IOException {
      int status = Integer.parseInt(line(in).split(" ", 3)[1]);
      long body = 0;
      long answered = 0;
      long held = 0;
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        String[] field = line.split(": ", 2);
        switch (field[0].toLowerCase(Locale.ROOT)) {
          case "content-length" -> body = Long.parseLong(field[1]);
          case "x-msec" -> answered = nanos(field[1]);
          case "x-held" -> held = nanos(field[1]);
          default -> {}
        }
      }
      in.skipNBytes(body);
      return new Answer(status, answered - held, held);
    }

    /// Seconds with three digits behind the point.
    private static long nanos(String seconds) {
      return new BigDecimal(seconds).movePointRight(9).longValueExact();
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
