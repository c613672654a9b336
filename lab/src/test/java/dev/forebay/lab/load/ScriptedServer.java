package dev.forebay.lab.load;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Answers every request with what a script says for it; a blocking server on virtual threads.
final class ScriptedServer implements Closeable {
  /// What to say to one request, by its head and body.
  interface Script {
    String answer(String head, String body);
  }

  /// Ends an answer that is followed by the end of the connection.
  static final String HANG_UP = "\0hang up";

  /// Ends an answer after which nothing ever comes.
  static final String STALL = "\0stall";

  private final ServerSocket listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
  private final Script script;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
  }

  int connections() {
    return sockets.size();
  }

  static String whole(int status, String headers, String body) {
    return "HTTP/1.1 %d X\r\n%scontent-length: %d\r\n\r\n%s"
        .formatted(status, headers, body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  static String events(String headers, String... events) {
    var answer =
        new StringBuilder(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n");
    answer.append(headers).append("\r\n");
    for (var event : events) {
      var bytes = event + "\n\n";
      answer.append(Integer.toHexString(bytes.getBytes(StandardCharsets.UTF_8).length));
      answer.append("\r\n").append(bytes).append("\r\n");
    }
    return answer.toString();
  }

  static String delta(String text) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
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
        int at = head.indexOf("content-length: ") + 16;
        int length = Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
        var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        var answer = script.answer(head, body);
        int stop = answer.indexOf('\0');
        var said = stop < 0 ? answer : answer.substring(0, stop);
        socket.getOutputStream().write(said.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        if (answer.endsWith(HANG_UP)) {
          return;
        }
        if (answer.endsWith(STALL)) {
          in.readNBytes(1); // until the client goes
          return;
        }
      }
    } catch (IOException e) {
      // the client went away, as clients do
    }
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
