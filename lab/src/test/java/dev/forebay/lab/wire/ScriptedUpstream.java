package dev.forebay.lab.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// A replica that answers each POST with the pieces that a script makes of it, each written by
/// itself, and each probe with an empty list of models. Closes behind what says so. A virtual
/// thread a connection.
final class ScriptedUpstream implements AutoCloseable {
  private static final String EMPTY = "{\"object\":\"list\",\"data\":[]}";

  private final ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Function<Asked, List<String>> script;

  /// A request as it came.
  ///
  /// @param head request line and header lines, each ended by a line feed, in lower case
  record Asked(String head, String body) {
    String header(String name) {
      int at = head.indexOf("\n" + name + ": ");
      return at < 0 ? "" : head.substring(at + name.length() + 3, head.indexOf('\n', at + 1));
    }
  }

  /// @param script makes of a request the pieces of its answer, head included
  ScriptedUpstream(Function<Asked, List<String>> script) throws IOException {
    this.script = script;
    Thread.ofVirtual().name("scripted-upstream").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /// The requests so far, without probes.
  List<Asked> asked() {
    return asked;
  }

  /// The head of an answer of that length.
  static String head(int status, String type, int length) {
    return "HTTP/1.1 %d Scripted\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n"
        .formatted(status, type, length);
  }

  /// A whole answer in JSON.
  static List<String> json(int status, String body) {
    return List.of(head(status, "application/json", body.getBytes(UTF_8).length) + body);
  }

  static String chunkedHead() {
    return head(200, "text/event-stream", 0)
        .replace("content-length: 0", "transfer-encoding: chunked");
  }

  static String chunk(String payload) {
    return Integer.toHexString(payload.getBytes(UTF_8).length) + "\r\n" + payload + "\r\n";
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connection.setTcpNoDelay(true);
        connections.add(connection);
        Thread.ofVirtual().name("scripted-connection").start(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      for (String first = line(in); !first.isEmpty(); first = line(in)) {
        Asked request = read(first, in);
        List<String> pieces = json(200, EMPTY);
        if (!first.startsWith("GET ")) {
          asked.add(request);
          pieces = script.apply(request);
        }
        for (String piece : pieces) {
          out.write(piece.getBytes(UTF_8));
          out.flush();
        }
        if (pieces.getFirst().contains("connection: close")) {
          return;
        }
      }
    } catch (IOException e) {
      // the gateway hung up, as it may
    }
  }

  private static Asked read(String first, InputStream in) throws IOException {
    StringBuilder head = new StringBuilder(first).append('\n');
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      head.append(line.toLowerCase(Locale.ROOT)).append('\n');
    }
    Asked unread = new Asked(head.toString(), "");
    String length = unread.header("content-length");
    byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
    return new Asked(unread.head(), new String(body, UTF_8));
  }

  // without its line end; empty at the end of the stream
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(UTF_8).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
