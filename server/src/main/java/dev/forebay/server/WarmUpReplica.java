package dev.forebay.server;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The replica of the warm-up: answers at once and always the same. Each connection has a virtual
/// thread of its own.
final class WarmUpReplica implements AutoCloseable {
  private static final int CHUNKS = 8;
  private static final byte[] PLAIN =
      withLength(
          "{\"id\":\"w\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
              + "{\"role\":\"assistant\",\"content\":\"warm\"},\"finish_reason\":\"stop\"}],"
              + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1,\"total_tokens\":10}}");
  private static final byte[] STREAM = stream();

  private final ServerSocket server;

  WarmUpReplica() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("forebay-warm-up").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().name("forebay-warm-up").start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the warm-up is over.
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          String field = line.toLowerCase(Locale.ROOT);
          if (field.startsWith("content-length:")) {
            length = Integer.parseInt(field.substring(field.indexOf(':') + 1).strip());
          }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        socket.getOutputStream().write(body.contains("\"stream\":true") ? STREAM : PLAIN);
      }
    } catch (IOException e) {
      // The other end has left.
    }
  }

  /// A line of a head, without its end.
  static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  private static byte[] withLength(String body) {
    return ascii(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
            .formatted(body.length(), body));
  }

  private static byte[] stream() {
    var events = new StringBuilder();
    events.append("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n");
    events.append("transfer-encoding: chunked\r\n\r\n");
    events.append(chunk(event("{\"role\":\"assistant\"}", "null")));
    for (int i = 0; i < CHUNKS; i++) {
      events.append(chunk(event("{\"content\":\"warm \"}", "null")));
    }
    events.append(chunk(event("{}", "\"stop\"")));
    events.append(chunk("data: [DONE]\n\n")).append("0\r\n\r\n");
    return ascii(events.toString());
  }

  private static String event(String delta, String finish) {
    return ("data: {\"id\":\"w\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
            + "\"delta\":%s,\"finish_reason\":%s}]}\n\n")
        .formatted(delta, finish);
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
