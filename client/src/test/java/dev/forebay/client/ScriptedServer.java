package dev.forebay.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Answers every request on loopback with what a script says for it.
final class ScriptedServer implements AutoCloseable {
  private static final String STREAM_HEAD =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

  /// What to say to the n-th request, 1 for the first.
  interface Script {
    String answer(int request);
  }

  /// Ends an answer that is followed by the end of the connection.
  static final String HANG_UP = "\0hang up";

  /// Ends an answer after which nothing ever comes.
  static final String STALL = "\0stall";

  private final ServerSocket listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
  private final Script script;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger gone = new AtomicInteger();

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  /// A port on loopback where nobody listens.
  static String deadUrl() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  int requests() {
    return requests.get();
  }

  /// Connections that their client closed while it was told nothing.
  int gone() {
    return gone.get();
  }

  List<String> bodies() {
    return bodies;
  }

  /// A header's value in each request so far; empty where it is absent.
  List<String> header(String name) {
    return heads.stream().map(head -> value(head, name)).toList();
  }

  static String whole(int status, String headers, String body) {
    return "HTTP/1.1 %d X\r\n%scontent-length: %d\r\n\r\n%s"
        .formatted(status, headers, body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  /// A stream of which the end is still to come.
  static String begun(String... events) {
    var answer = new StringBuilder(STREAM_HEAD);
    for (var event : events) {
      var bytes = event + "\n\n";
      answer.append(Integer.toHexString(bytes.getBytes(StandardCharsets.UTF_8).length));
      answer.append("\r\n").append(bytes).append("\r\n");
    }
    return answer.toString();
  }

  static String stream(String... events) {
    return begun(events) + "0\r\n\r\n";
  }

  static String delta(String text) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
  }

  static String role() {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed: the test is over
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        var head = head(in);
        if (head.isEmpty()) {
          return;
        }
        var length = value(head, "content-length");
        var body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        heads.add(head);
        bodies.add(new String(body, StandardCharsets.UTF_8));
        var answer = script.answer(requests.incrementAndGet());
        int stop = answer.indexOf('\0');
        var said = stop < 0 ? answer : answer.substring(0, stop);
        socket.getOutputStream().write(said.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        if (answer.endsWith(HANG_UP)) {
          return;
        }
        if (answer.endsWith(STALL)) {
          untilClosed(in);
          gone.incrementAndGet();
          return;
        }
      }
    } catch (IOException e) {
      // the client went away, as clients do
    }
  }

  private static void untilClosed(InputStream in) {
    try {
      in.readNBytes(1);
    } catch (IOException e) {
      // reset is closed, too
    }
  }

  private static String value(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (b == '\n' && head.toString().endsWith("\r\n\r\n")) {
        return head.toString();
      }
    }
    return "";
  }
}
