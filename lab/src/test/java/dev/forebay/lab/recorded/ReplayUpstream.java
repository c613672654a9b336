package dev.forebay.lab.recorded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A server that answers every request with one recorded answer, the one it was last given: framed
/// at random, and cut into writes at random. Probes it answers by itself.
///
/// A virtual thread a connection. To be told of an exchange before its request is sent.
final class ReplayUpstream implements AutoCloseable {
  private static final int MOST_CUTS = 6;
  private static final byte[] MODELS = "{\"object\":\"list\",\"data\":[]}".getBytes(ISO_8859_1);

  private final ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<HttpMessage> received = new CopyOnWriteArrayList<>();
  private volatile @Nullable Next next;

  private record Next(RecordedExchange exchange, long seed) {}

  private enum Framing {
    LENGTH,
    CHUNKED,
    CLOSE
  }

  ReplayUpstream() throws IOException {
    Thread.ofVirtual().name("replay-upstream").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /// Forgets what it received, and answers so from now on.
  void replay(RecordedExchange exchange, long seed) {
    received.clear();
    next = new Next(exchange, seed);
  }

  /// The requests since the last exchange was given, without probes.
  List<HttpMessage> received() {
    return received;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connection.setTcpNoDelay(true);
        connections.add(connection);
        Thread.ofVirtual().name("replay-connection").start(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      boolean open = true;
      while (open) {
        Optional<HttpMessage> request = HttpMessage.read(in);
        open = request.isPresent() && answer(request.get(), connection.getOutputStream());
      }
    } catch (IOException e) {
      // the gateway hung up, as it may
    } finally {
      connections.remove(connection);
    }
  }

  // whether the connection stays open
  private boolean answer(HttpMessage request, OutputStream out) throws IOException {
    Next now = next;
    if (now == null || request.startLine().startsWith("GET ")) {
      out.write(
          ("HTTP/1.1 200 OK\r\ncontent-length: " + MODELS.length + "\r\n\r\n")
              .getBytes(ISO_8859_1));
      out.write(MODELS);
      return true;
    }
    received.add(request);
    SplittableRandom random = new SplittableRandom(now.seed());
    Framing framing =
        now.exchange().streamed()
            ? Framing.CHUNKED
            : Framing.values()[random.nextInt(Framing.values().length)];
    byte[] wire = render(now.exchange(), framing, random);
    int from = 0;
    for (int to : random.ints(random.nextInt(MOST_CUTS), 1, wire.length).sorted().toArray()) {
      out.write(wire, from, to - from);
      out.flush();
      from = to;
    }
    out.write(wire, from, wire.length - from);
    out.flush();
    return framing != Framing.CLOSE;
  }

  private static byte[] render(
      RecordedExchange exchange, Framing framing, SplittableRandom random) {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    StringBuilder head = new StringBuilder("HTTP/1.1 " + exchange.status() + " Recorded\r\n");
    exchange
        .headers()
        .forEach(header ->
            head.append(header.name()).append(": ").append(header.value()).append("\r\n"));
    byte[] body = latin(exchange.body());
    try {
      switch (framing) {
        case LENGTH -> {
          head.append("Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: ");
          wire.write(latin(head.append(body.length).append("\r\n\r\n")));
          wire.write(body);
        }
        case CHUNKED -> {
          head.append("Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n");
          wire.write(latin(head));
          chunk(body, wire, random);
        }
        case CLOSE -> {
          wire.write(latin(head.append("Connection: close\r\n\r\n")));
          wire.write(body);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes everything
    }
    return wire.toByteArray();
  }

  private static void chunk(byte[] body, ByteArrayOutputStream wire, SplittableRandom random)
      throws IOException {
    int from = 0;
    while (from < body.length) {
      int length = Math.min(body.length - from, random.nextInt(1, 200));
      wire.write(latin(Integer.toHexString(length) + "\r\n"));
      wire.write(body, from, length);
      wire.write(latin("\r\n"));
      from += length;
    }
    wire.write(latin("0\r\n\r\n"));
  }

  private static byte[] latin(CharSequence text) {
    return text.toString().getBytes(ISO_8859_1);
  }
}
