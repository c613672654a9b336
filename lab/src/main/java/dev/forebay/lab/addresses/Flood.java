package dev.forebay.lab.addresses;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Calls, each for another address, from a proxy that the gateway trusts: over a few connections,
/// many at a time.
final class Flood {
  private static final int CONNECTIONS = 8;
  private static final int AT_ONCE = 32;
  private static final String BODY =
      "{\"model\":\"lab\",\"max_tokens\":4,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final int port;

  /// @param port where the gateway listens
  Flood(int port) {
    this.port = port;
  }

  /// Answers by what they say.
  ///
  /// @param refused by a limit, with 429
  record Answers(long all, long refused) {
    private Answers plus(Answers other) {
      return new Answers(all + other.all, refused + other.refused);
    }
  }

  /// Calls once for each of so many addresses, the same ones each time.
  ///
  /// @param seconds in which to do so; 0 for as soon as can be
  Answers run(int addresses, int seconds) throws IOException, InterruptedException {
    long began = System.nanoTime();
    double nanosEach = TimeUnit.SECONDS.toNanos(seconds) / (double) addresses;
    var sum = new Answers(0, 0);
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      for (Future<Answers> each :
          IntStream.range(0, CONNECTIONS)
              .mapToObj(n -> threads.submit(() -> line(n, addresses, began, nanosEach)))
              .toList()) {
        sum = sum.plus(each.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("a connection broke off", e);
    }
    return sum;
  }

  private Answers line(int first, int addresses, long began, double nanosEach) throws IOException {
    var sum = new Answers(0, 0);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      for (int at = first; at < addresses; ) {
        long due = began + (long) (at * nanosEach);
        LockSupport.parkNanos(due - System.nanoTime());
        var batch = new StringBuilder();
        int sent = 0;
        for (; sent < AT_ONCE && at < addresses; sent++, at += CONNECTIONS) {
          batch.append(call(at));
        }
        out.write(batch.toString().getBytes(US_ASCII));
        for (; sent > 0; sent--) {
          sum = sum.plus(new Answers(1, status(in) == 429 ? 1 : 0));
        }
      }
    }
    return sum;
  }

  private static String call(int number) {
    return "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        + "content-type: application/json\r\nx-forwarded-for: 11.%d.%d.%d\r\ncontent-length: %d\r\n"
            .formatted(number >>> 16, number >>> 8 & 255, number & 255, BODY.length())
        + "\r\n"
        + BODY;
  }

  private static int status(InputStream in) throws IOException {
    int status = Integer.parseInt(line(in).split(" ", 3)[1]);
    long body = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.startsWith("content-length: ")) {
        body = Long.parseLong(line.substring(16));
      }
    }
    in.skipNBytes(body);
    return status;
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the gateway closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
